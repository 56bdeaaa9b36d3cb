"""Words of titles and attributes that tell two things of one type apart, as the suppliers write them.

A title's word that is not here is not lost for the catalogue, only untold by the suppliers.
"""

from __future__ import annotations

from typing import NamedTuple


class Feature(NamedTuple):
    de: str
    fr: str
    erp: str


FEATURES = {
    "adjustable": Feature("verstellbar", "réglable", "ADJ"),
    "arched": Feature("Bogenform", "forme arche", "ARCH"),
    "barrel": Feature("Tonnenform", "forme tonneau", "BARREL"),
    "beaded": Feature("Perlrand", "bord perlé", "BEAD"),
    "bordered": Feature("mit Bordüre", "à bordure", "BRDR"),
    "check": Feature("kariert", "à carreaux", "CHK"),
    "column": Feature("zylindrisch", "forme colonne", "CYL"),
    "cone": Feature("konisch", "conique", "CONE"),
    "coupe": Feature("Coupe-Form", "forme coupe", "COUPE"),
    "diamond": Feature("Rautenmuster", "à losanges", "DIAM"),
    "dipped": Feature("getaucht", "émail trempé", "DIP"),
    "double": Feature("zweistöckig", "double", "DBL"),
    "drum": Feature("Trommelform", "forme tambour", "DRUM"),
    "espresso": Feature("Espresso", "à espresso", "ESPR"),
    "fluted": Feature("gerillt", "cannelé", "FLUTED"),
    "folding": Feature("klappbar", "pliant", "FOLD"),
    "footed": Feature("auf Fuß", "sur pied", "FTD"),
    "fringed": Feature("mit Fransen", "à franges", "FRNGD"),
    "gingham check": Feature("Vichy-Karo", "vichy", "GNGHM"),
    "globe": Feature("Kugel", "boule", "GLOBE"),
    "handleless": Feature("ohne Henkel", "sans anse", "NO HNDL"),
    "hanging": Feature("hängend", "suspendu", "HANG"),
    "hourglass": Feature("Sanduhrform", "forme sablier", "HRGLS"),
    "insulated": Feature("doppelwandig", "isotherme", "INSUL"),
    "ladder": Feature("Leiterform", "forme échelle", "LDDR"),
    "leather sleeve": Feature("mit Lederhülle", "gaine cuir", "LTHR SLV"),
    "leather strap": Feature("mit Lederriemen", "sangle cuir", "LTHR STRP"),
    "lidded": Feature("mit Deckel", "avec couvercle", "W/LID"),
    "long": Feature("lang", "long", "LNG"),
    "matt": Feature("matt", "mat", "MAT"),
    "moulded": Feature("geformt", "moulé", "MLDD"),
    "oval": Feature("oval", "ovale", "OVAL"),
    "paddle": Feature("mit Griff", "avec manche", "PDDL"),
    "pedestal": Feature("mit Säulenfuß", "pied central", "PEDSTL"),
    "pleated": Feature("plissiert", "plissé", "PLEAT"),
    "polka dot": Feature("gepunktet", "à pois", "PLK DOT"),
    "portable": Feature("tragbar", "portable", "PORT"),
    "quilted": Feature("gesteppt", "matelassé", "QUILTD"),
    "rectangular": Feature("rechteckig", "rectangulaire", "RECT"),
    "ribbed": Feature("gerippt", "nervuré", "RIBBED"),
    "ripple": Feature("gewellt", "ondulé", "RIPPLE"),
    "round": Feature("rund", "rond", "RND"),
    "shallow": Feature("flach", "bas", "SHLW"),
    "side shelf": Feature("mit Ablage", "avec tablette", "W/SHLF"),
    "slatted": Feature("mit Latten", "à lattes", "SLATD"),
    "slim": Feature("schmal", "fin", "SLIM"),
    "speckled": Feature("gesprenkelt", "moucheté", "SPCKLD"),
    "spindle": Feature("mit Sprossen", "à barreaux", "SPNDL"),
    "square": Feature("quadratisch", "carré", "SQ"),
    "storage": Feature("mit Stauraum", "avec rangement", "W/STOR"),
    "striped": Feature("gestreift", "à rayures", "STRPD"),
    "swivel": Feature("drehbar", "pivotant", "SWVL"),
    "tall": Feature("hoch", "haut", "TALL"),
    "tapered": Feature("konisch zulaufend", "évasé", "TPR"),
    "tartan": Feature("Schottenkaro", "écossais", "TARTAN"),
    "tassel": Feature("mit Quasten", "à pompons", "TSSL"),
    "terrazzo": Feature("Terrazzo-Optik", "effet terrazzo", "TERRZZO"),
    "tray": Feature("mit Tablett", "à plateau", "TRAY"),
    "trestle": Feature("mit Böcken", "à tréteaux", "TRESTL"),
    "trio": Feature("3er-Set", "lot de 3", "3PK"),
    "tripod": Feature("Dreibein", "trépied", "TRIPOD"),
    "tufted": Feature("getuftet", "tufté", "TUFTD"),
    "tulip": Feature("Tulpenform", "forme tulipe", "TULIP"),
    "unglazed": Feature("unglasiert", "non émaillé", "UNGLZD"),
    "upholstered": Feature("gepolstert", "rembourré", "UPHLST"),
    "windowpane check": Feature("Fensterkaro", "à carreaux fins", "WNDWPN CHK"),
    "wireless": Feature("kabellos", "sans fil", "WRLS"),
    "woven": Feature("geflochten", "tressé", "WVN"),
    "zigzag": Feature("Zickzack", "motif zigzag", "ZGZG"),
}
