// Which products the condition under the cursor means, told while it is typed.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const shown = document.getElementById("rule-preview");
  const condition = document.getElementById("id_condition");
  if (!shown || !condition) return;
  const form = condition.form;
  let timer, asked = 0;

  const refresh = async () => {
    const mine = ++asked;
    const body = new FormData();
    body.append("condition", condition.value);
    body.append("store", shown.dataset.store || (form.elements.store ? form.elements.store.value : ""));
    const headers = {"X-CSRFToken": form.elements.csrfmiddlewaretoken.value};
    const answer = await fetch(shown.dataset.url, {method: "POST", body, headers}).catch(() => null);
    if (mine !== asked) return; // a later question is under way
    shown.innerHTML = answer && answer.ok ? await answer.text() : "The preview could not be had.";
  };

  const soon = () => { clearTimeout(timer); timer = setTimeout(refresh, 400); };
  condition.addEventListener("input", soon);
  if (form.elements.store) django.jQuery(form.elements.store).on("change", soon);
});
