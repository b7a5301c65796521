"""A person who reads Madrid by rule: 25 themes, the words that carry each, and the desk as a browser shows it."""

import re
from dataclasses import dataclass
from html import unescape
from typing import NamedTuple


class Theme(NamedTuple):
    """A stance of the codebook, and the words by which the reader knows it."""

    stance: str
    words: str


#: What the proposals of Madrid ask for, in the order of the codebook; the words are beginnings of words.
THEMES = (
    Theme("Las calles deben limpiarse más a menudo", r"limpi|suci|barre|mugre|escoba"),
    Theme("Quien ensucia la calle debe pagar una multa", r"multa|sanci|infracc|castig"),
    Theme("La basura se separa mejor con mejores contenedores", r"basura|contenedor|cubo|residuo|bolsa"),
    Theme("Reciclar debe tener recompensa", r"recicl|reutiliz|envase|vidrio|aceite"),
    Theme("La incineradora de Valdemingómez debe cerrar", r"inciner|valdeming|vertedero|dioxina|gersul"),
    Theme("Los dueños responden de los excrementos de sus perros", r"perr|excrement|caca|mascota|canin|bozal|animal"),
    Theme("Las palomas y otros animales urbanos se cuidan sin matarlos", r"palom|ave |aves|pajar|gato"),
    Theme("La ciudad necesita carriles bici separados del tráfico", r"bici|ciclis|carril"),
    Theme("El centro debe ser para quien va a pie", r"peaton|acera|pie\b|pasea"),
    Theme("Menos coches dejan un aire más limpio", r"coche|contamin|tráfico|trafico|atasco|aire|emision"),
    Theme("Aparcar en el barrio debe ser posible para quien vive en él", r"aparc|parking|garaje|verde|apr\b|residente"),
    Theme("El transporte público debe ser más barato y llegar más lejos", r"metro|autob|bus\b|emt|tren|abono|transp"),
    Theme("Las motos no deben circular ni aparcar en la acera", r"moto|patin|monopat"),
    Theme("Los vecinos tienen derecho a dormir sin ruido", r"ruid|músic|music|tambor|dormir|discotec|silencio"),
    Theme("El turismo no debe expulsar a los vecinos del centro", r"turis|airbnb|hotel|alquiler|piso|apartament"),
    Theme("Las viviendas vacías deben pagar más", r"vivienda|casa|banco|desahuc"),
    Theme("La Iglesia debe pagar el IBI como todos", r"iglesia|ibi\b|religi|catól|catol|laic|mezquit"),
    Theme("Los impuestos deben repartirse con más justicia", r"impuest|tasa|pagar|pago|dinero|euro|€|caro|gasto"),
    Theme("Hacen falta más árboles y parques", r"árbol|arbol|parque|plant|jard|zona verde|retiro"),
    Theme("El río debe quedar libre y vivo", r"río|rio\b|presa|agua|remo|embarca|piragü"),
    Theme("Niños y colegios merecen más espacio", r"niñ|coleg|escuel|infan|jug|bibliotec|educa|padres"),
    Theme("El espacio público debe acoger a todas las personas", r"mujer|orgullo|gay|trans|discap|minor|embaraz|igual"),
    Theme("Las antenas deben estar lejos de las casas", r"anten|radiaci|wifi|electromag|telef|salud"),
    Theme("El patrimonio y el arte de la ciudad deben protegerse",
          r"museo|cochera|patrimon|histor|graf|pintad|arte|artefacto|cultur"),
    Theme("El Ayuntamiento debe escuchar a sus vecinos", r"ayuntam|vecin|barrio|alcald|carmena|propu|vota|voto|apoy"),
)  # fmt: skip
PATTERNS = tuple(re.compile(rf"\b(?:{theme.words})", re.IGNORECASE) for theme in THEMES)
#: So many themes the reader takes from one contribution at most.
MOST = 3

_PIECE = re.compile(r'name="piece" value="(\d+)"[^>]*> <span>(.*?)</span>', re.DOTALL)
#: A text of one sentence is coded whole: there is nothing to tick.
_WHOLE = re.compile(r'<div class="words"[^>]*>\s*<span>(.*?)</span>', re.DOTALL)
_SEEN = re.compile(r'name="seen" value="([0-9a-f]{64})"')
_AROUND = re.compile(r'<blockquote class="words"[^>]*>(.*?)</blockquote>', re.DOTALL)


@dataclass(frozen=True)
class Seen:
    """A contribution as the desk shows it: the hidden field, its sentences (0 of one alone), what stands around it."""

    h: str
    pieces: tuple[tuple[int, str], ...]
    around: str


def seen(html: str) -> Seen:
    """What a person sees on the coding desk."""
    h = _SEEN.search(html)
    assert h, html
    ticked = tuple((int(number), unescape(text)) for number, text in _PIECE.findall(html))
    pieces = ticked or tuple((0, unescape(text)) for text in _WHOLE.findall(html))
    return Seen(h[1], pieces, unescape(" ".join(_AROUND.findall(html))))


def themes_of(page: Seen) -> dict[int, list[int]]:
    """The numbers of the themes found, each with the sentences that carry it.

    Words decide; a contribution without any of them speaks of what the proposal around it speaks of. Empty where
    nothing tells.
    """
    found = {
        theme: pieces
        for theme, pattern in enumerate(PATTERNS, 1)
        if (pieces := [number for number, text in page.pieces if pattern.search(text)])
    }
    if not found and page.pieces and any(character.isalpha() for _, text in page.pieces for character in text):
        of_the_proposal = [theme for theme, pattern in enumerate(PATTERNS, 1) if pattern.search(page.around)][:1]
        found = {theme: [page.pieces[0][0]] for theme in of_the_proposal}
    dearest = sorted(found, key=lambda theme: (-len(found[theme]), theme))[:MOST]
    return {theme: found[theme] for theme in dearest}
