"""Colour names of the palette as the suppliers write them."""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """`plain` is the everyday English colour a trader adds for searches."""

    de: str
    fr: str
    erp: str
    plain: str


COLOURS = {
    "white": Colour("weiß", "blanc", "WHT", "white"),
    "ivory": Colour("elfenbein", "ivoire", "IVRY", "off-white"),
    "cream": Colour("creme", "crème", "CRM", "off-white"),
    "sand": Colour("sandfarben", "sable", "SAND", "beige"),
    "oatmeal": Colour("hafer", "avoine", "OATML", "beige"),
    "beige": Colour("beige", "beige", "BGE", "beige"),
    "taupe": Colour("taupe", "taupe", "TAUPE", "grey brown"),
    "caramel": Colour("karamell", "caramel", "CARML", "brown"),
    "cognac": Colour("cognac", "cognac", "COGN", "tan brown"),
    "chestnut": Colour("kastanienbraun", "châtaigne", "CHSTN", "brown"),
    "chocolate": Colour("schokobraun", "chocolat", "CHOC", "dark brown"),
    "black": Colour("schwarz", "noir", "BLK", "black"),
    "charcoal": Colour("anthrazit", "anthracite", "CHRCL", "dark grey"),
    "slate": Colour("schiefergrau", "gris ardoise", "SLATE", "grey"),
    "grey": Colour("grau", "gris", "GRY", "grey"),
    "light grey": Colour("hellgrau", "gris clair", "LT GRY", "grey"),
    "terracotta": Colour("terrakotta", "terre cuite", "TERRACOT", "brick red"),
    "rust": Colour("rostrot", "rouille", "RUST", "rusty orange"),
    "burnt orange": Colour("dunkelorange", "orange brûlé", "BRNT ORG", "orange"),
    "coral": Colour("koralle", "corail", "CORAL", "coral pink"),
    "crimson": Colour("karminrot", "cramoisi", "CRIMSN", "red"),
    "burgundy": Colour("bordeaux", "bordeaux", "BURGDY", "wine red"),
    "blush": Colour("zartrosa", "rose poudré", "BLUSH", "pink"),
    "dusty rose": Colour("altrosa", "vieux rose", "DST ROSE", "pink"),
    "mustard": Colour("senfgelb", "moutarde", "MUSTRD", "yellow"),
    "yellow": Colour("gelb", "jaune", "YEL", "yellow"),
    "olive": Colour("olivgrün", "vert olive", "OLIVE", "green"),
    "sage": Colour("salbeigrün", "vert sauge", "SAGE", "green"),
    "moss": Colour("moosgrün", "vert mousse", "MOSS", "green"),
    "forest green": Colour("tannengrün", "vert sapin", "FOREST GRN", "dark green"),
    "emerald": Colour("smaragdgrün", "vert émeraude", "EMRLD", "green"),
    "mint": Colour("mintgrün", "vert menthe", "MINT", "light green"),
    "teal": Colour("petrol", "bleu canard", "TEAL", "blue green"),
    "turquoise": Colour("türkis", "turquoise", "TURQ", "turquoise blue"),
    "sky blue": Colour("himmelblau", "bleu ciel", "SKY BLU", "light blue"),
    "dusty blue": Colour("taubenblau", "bleu gris", "DST BLU", "blue"),
    "cobalt": Colour("kobaltblau", "bleu cobalt", "COBALT", "blue"),
    "navy": Colour("marineblau", "bleu marine", "NVY", "dark blue"),
    "indigo": Colour("indigo", "indigo", "INDGO", "dark blue"),
    "lavender": Colour("lavendel", "lavande", "LAVDR", "purple"),
    "plum": Colour("pflaume", "prune", "PLUM", "purple"),
    "oak": Colour("Eiche natur", "chêne naturel", "OAK", "light wood"),
    "light oak": Colour("Eiche hell", "chêne clair", "LT OAK", "light wood"),
    "walnut": Colour("Nussbaum", "noyer", "WLNT", "dark wood"),
    "ash": Colour("Esche", "frêne", "ASH", "light wood"),
    "beech": Colour("Buche", "hêtre", "BEECH", "light wood"),
    "acacia": Colour("Akazie", "acacia", "ACACIA", "brown wood"),
    "bamboo": Colour("Bambus", "bambou", "BAMBOO", "light wood"),
    "black oak": Colour("Eiche schwarz", "chêne noir", "BLK OAK", "black wood"),
    "steel": Colour("edelstahlfarben", "acier", "STL", "silver"),
    "brass": Colour("messingfarben", "laiton", "BRASS", "gold"),
    "gold": Colour("goldfarben", "doré", "GLD", "gold"),
    "copper": Colour("kupferfarben", "cuivre", "COPR", "copper rose gold"),
    "gunmetal": Colour("metallgrau", "canon de fusil", "GUNMTL", "dark grey"),
    "rattan": Colour("rattan", "rotin", "RATTAN", "natural"),
    "seagrass": Colour("seegras", "jonc de mer", "SEAGRS", "natural"),
    "jute": Colour("jute natur", "jute naturel", "JUTE", "natural"),
    "willow": Colour("weide braun", "osier brun", "WLLW", "brown"),
    "natural": Colour("natur", "naturel", "NAT", "beige"),
    "concrete": Colour("betongrau", "gris béton", "CNCRT", "grey"),
    "clear": Colour("klar", "transparent", "CLR", "transparent"),
    "smoke": Colour("rauchgrau", "fumé", "SMOKE", "grey"),
    "amber": Colour("bernstein", "ambre", "AMBER", "orange brown"),
    "bottle green": Colour("flaschengrün", "vert bouteille", "BTL GRN", "green"),
    "aqua": Colour("aquablau", "bleu aqua", "AQUA", "light blue"),
    "rose": Colour("roséfarben", "rosé", "ROSE", "pink"),
}
