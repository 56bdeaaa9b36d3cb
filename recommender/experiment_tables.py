"""An experiment's report as a person reads it, in a terminal or in the admin."""

from collections.abc import Iterator

from recommender.experiment_reports import ExperimentReport, Metric, VariantReport
from recommender.lift import MISMATCH

METRICS = {
    "click-through": "click_through",
    "cart rate": "cart_rate",
    "purchase rate": "purchase_rate",
    "revenue": "revenue",
}


def tell(report: ExperimentReport) -> str:
    return "\n".join(_lines(report))


def _lines(report: ExperimentReport) -> Iterator[str]:
    yield f"{report.experiment} ({report.scenario}): {report.status}"
    if report.since is None or report.until is None:
        yield "It was not started yet."
        return
    yield f"from {report.since:%Y-%m-%d %H:%M} to {report.until:%Y-%m-%d %H:%M} UTC"
    yield ""
    yield f"{'variant':<24}{'share':>7}{'shoppers':>10}{'rankings':>10}"
    for variant in report.variants:
        yield f"{_name(variant):<24}{variant.share:>7.1%}{variant.shoppers:>10,}{variant.rankings:>10,}"
    for title, attribute in METRICS.items():
        metrics = [(variant, getattr(variant, attribute)) for variant in report.variants]
        if any(metric for _, metric in metrics):
            yield ""
            yield f"{title} a shopper {report.currency}".rstrip() if attribute == "revenue" else title
            for variant, metric in metrics:
                yield f"  {_name(variant):<22}{_spell(metric, as_share=attribute != 'revenue')}"
    yield ""
    yield _judge(report)


def _name(variant: VariantReport) -> str:
    return f"{variant.variant[:18]} *" if variant.is_control else variant.variant[:20]


def _spell(metric: Metric, *, as_share: bool) -> str:
    if metric.value is None:
        return f"{'-':>10}"
    value = f"{metric.value:>10.2%}" if as_share else f"{metric.value:>10,.2f}"
    if metric.lift is None:
        return value
    return f"{value}   {metric.lift.relative:+.1%}  [{metric.lift.low:+.1%}, {metric.lift.high:+.1%}]"


def _judge(report: ExperimentReport) -> str:
    if report.mismatch is None:
        return "Nobody was shown anything yet."
    if report.is_mismatched:
        return f"Trust no figure: the numbers of shoppers do not fit the shares (p = {report.mismatch:.1g})."
    return (
        f"* is the control; lifts are relative to it, with 95 % intervals. The numbers of shoppers fit the shares"
        f" (p = {report.mismatch:.2g}, limit {MISMATCH})."
    )
