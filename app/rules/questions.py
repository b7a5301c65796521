"""What in a question may bend the answers: leading, double-barrelled, unbalanced, jargon, absolute words, no way out.

A flag is advice with the words it is about, never a verdict: whoever asks may go on with a public note. Patterns and
word lists for Indonesian and English; what they find and miss is measured on a labelled set kept with the tests
(`./run questions`).

Source: Dillman, Smyth and Christian, "Internet, Phone, Mail, and Mixed-Mode Surveys", chapters 4 and 5, for the kinds.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

LEADING, DOUBLE, UNBALANCED = "leading", "double", "unbalanced"
JARGON, ABSOLUTE, NO_CHANGE = "jargon", "absolute", "no-change"
KINDS = (LEADING, DOUBLE, UNBALANCED, JARGON, ABSOLUTE, NO_CHANGE)
"""What a question can be flagged for, in the order in which flags are shown."""


@dataclass(frozen=True)
class Flag:
    """One thing that may bend the answers, and the words of the question it is about."""

    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Language:
    """The patterns of one language; all are matched without regard to capitals."""

    closed: re.Pattern[str]
    leading: re.Pattern[str]
    agreement: re.Pattern[str]
    other_side: re.Pattern[str]
    one_sided: re.Pattern[str]
    praise: frozenset[str]
    criticism: re.Pattern[str]
    joined: re.Pattern[str]
    joined_subject: re.Pattern[str]
    jargon: re.Pattern[str]
    absolute: re.Pattern[str]
    all_must: re.Pattern[str]
    choice: re.Pattern[str]
    either: re.Pattern[str]
    scale: re.Pattern[str]
    as_it_is: re.Pattern[str]


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(patterns) + r")(?!\w)", re.IGNORECASE)


_INDONESIAN = _Language(
    closed=re.compile(r"\s*(?:apakah|\w+kah)(?!\w)", re.IGNORECASE),
    leading=_words(
        r"bukankah", r"tidakkah", r"(?<=, )(?:bukan|kan|ya)(?=\s*\?)", r"tentu(?:nya|lah)? (?:saja )?anda",
        r"anda (?:pasti|tentu)", r"(?:seperti|sebagaimana) (?:kita|anda|semua orang) ketahui",
        r"(?:para )?ahli sepakat",
        r"sudah (?:jelas|pasti|terbukti)(?: bahwa)?", r"sudah waktunya", r"setujukah anda bahwa",
        r"anda setuju bahwa", r"mengapa (?:[\w-]+ ){0,4}(?:penting|perlu|harus|anda mendukung|anda menolak)",
        r"mengapa anda (?:mendukung|menolak)",
        r"seberapa besar (?:manfaat|keuntungan|dukungan|kerugian|bahaya)",
        r"seberapa besar (?:[\w-]+ ){1,4}(?:menguntungkan|merugikan|bermanfaat|memperbaiki)",
        r"kumuh", r"semrawut", r"(?:yang )?indah", r"unggulan", r"(?<=pedagang )liar", r"(?<=parkir )liar", r"hebat",
        r"merusak (?:[\w-]+ )?(?:keindahan|citra|wajah)\w*", r"demi (?:rakyat|kemajuan|masa depan)", r"pro-?rakyat",
    ),
    agreement=_words(
        r"setujukah", r"(?<!tidak )setuju", r"(?:apakah|sejauh mana) anda (?:[\w-]+ )?mendukung", r"seberapa setuju",
        r"dukungan anda",
    ),
    other_side=_words(r"tidak setuju", r"menolak", r"menentang", r"atau tidak", r"keberatan", r"tidak suka\w*"),
    one_sided=_words(
        r"seberapa (?:puas|bangga|senang|yakin|penting|kecewa)",
        r"apa(?: saja)? (?:kelebihan|manfaat|keuntungan|keunggulan|kekurangan|kerugian)(?!(?:nya)? dan )",
    ),
    praise=frozenset(
        ("sangat baik", "baik", "cukup", "cukup baik", "memuaskan", "sangat memuaskan", "luar biasa", "hebat", "puas",
         "sangat puas", "bagus", "sangat bagus")
    ),
    criticism=_words(r"kurang\w*", r"buruk", r"tidak \w+", r"jelek", r"mengecewakan"),
    joined=re.compile(
        r"(?<!\w)(?:dan|serta|sekaligus)(?!\w)(?=[^?]*?(?<!\w)"
        r"(?:di\w{3,}|me\w{3,}|ber\w{3,}|baik|wajar|murah|mudah|cepat|ramah|aman|bersih|lengkap|layak|terjangkau"
        r"|nyaman|jelas)(?!\w))[^?,;]*",
        re.IGNORECASE,
    ),
    joined_subject=re.compile(
        r"^\s*\w+(?:\s+(?:anda|para|semua|setiap))?(?:\s+[\w-]+){1,2}\s+dan\s+[\w-]+\s+"
        r"(?:perlu|harus|sudah|dapat|bisa|boleh|akan|sebaiknya|membutuhkan|memerlukan)(?!\w)",
        re.IGNORECASE,
    ),
    jargon=_words(
        r"(?:meng)?integrasi\w*", r"\w*intermoda", r"\w*implementasi\w*", r"afirma\w+", r"\w*optimali\w+",
        r"dioptimalkan", r"mengoptimalkan", r"sinerg\w+", r"stakeholders?", r"pemangku kepentingan",
        r"penguatan kapasitas",
        r"revitalisasi", r"placemaking", r"heritage", r"penyertaan modal", r"dialokasikan", r"ekonomi sirkular",
        r"mekanisme", r"berbasis", r"akselerasi", r"transformasi", r"eksternalitas", r"mitigasi", r"eksploitasi",
        r"mainstreaming", r"pengarusutamaan", r"tata kelola", r"kolabora\w+", r"multipihak", r"skema", r"harmonisasi",
        r"konektivitas", r"aksesibilitas", r"inklusi\w*", r"holistik", r"komprehensif", r"resiliensi", r"paradigma",
        r"signifikan", r"indikator", r"outcome", r"output", r"roadmap", r"benchmark\w*", r"capacity building",
        r"pemberdayaan berkelanjutan", r"aglomerasi", r"restrukturisasi", r"fasilitasi",
    ),
    absolute=_words(
        r"selalu", r"tidak pernah", r"tanpa (?:ke)?kecuali", r"satu-satunya", r"sama sekali tidak", r"semua orang",
        r"hanya (?=[^?]*(?:dapat|bisa|mampu))", r"sepenuhnya", r"mutlak", r"tidak seorang pun",
    ),
    all_must=_words(r"(?:semua|seluruh|setiap)(?=[^?]*(?<!\w)(?:harus|wajib|dilarang|mesti)(?!\w))"),
    choice=re.compile(
        r"mana yang|pilih|haruskah|sebaiknya|apakah|^(?!\s*(?:apa|bagaimana|siapa|kapan|di mana|berapa|mengapa|seberapa"
        r"|sejauh)(?!\w))",
        re.IGNORECASE,
    ),
    either=re.compile(r"(?<!\w)[\w.-]+,? atau [\w.-]+(?: [\w.-]+)?", re.IGNORECASE),
    scale=_words(r"setuju,? atau", r"mendukung,? atau", r"menolak,? atau", r"cukup,? atau", r"baik,? atau",
                 r"memuaskan,? atau", r"atau (?:kurang|luar biasa|tidak)"),
    as_it_is=_words(r"tetap", r"dibiarkan", r"seperti (?:sekarang|biasa|semula)", r"tidak \w+", r"tidak",
                    r"tanpa perubahan", r"bukan keduanya", r"dipertahankan"),
)  # fmt: skip

_ENGLISH = _Language(
    closed=re.compile(
        r"\s*(?:[^?.]*\.\s*)?(?:should|is|are|was|do|does|did|would|will|can|could|must|has|have|isn't|don't|wouldn't|"
        r"shouldn't|aren't)(?!\w)",
        re.IGNORECASE,
    ),
    leading=_words(
        r"(?:isn't|aren't|don't|doesn't|wouldn't|shouldn't|won't|haven't) (?:it|you|we|they|the|this|there)",
        r"(?<=, )(?:isn't it|shouldn't it|don't you|right|wouldn't you)(?=\s*\?)", r"surely", r"of course",
        r"obviously",
        r"as (?:everyone|everybody|we all) knows?", r"experts (?:agree|say)",
        r"it is (?:obvious|clear|well known)(?: that)?",
        r"agree that (?![^?]*\bshould\b)",
        r"why (?:is|are) (?:[\w'-]+ ){1,6}(?:so )?(?:important|needed|necessary|good)",
        r"why do you (?:support|oppose|like|dislike)",
        r"how much (?:will|would|does) (?:[\w'-]+ ){1,6}(?:benefit|improve|help|harm)",
        r"shabby", r"beautiful", r"excellent(?= \w+ (?:programme|program|plan|project|policy))", r"wonderful", r"ugly",
        r"our (?:great|successful|flagship)", r"much-needed", r"illegal traders",
    ),
    agreement=_words(r"do(?:n't)? you agree", r"how strongly do you agree", r"extent do you (?:agree|support)",
                     r"do you support"),
    other_side=_words(r"disagree", r"oppose", r"against", r"or not", r"reject"),
    one_sided=_words(
        r"how (?:satisfied|proud|happy|important|confident|disappointed)(?= (?:are|is|do|were))",
        r"what are the (?:advantages|benefits|strengths|merits|disadvantages|drawbacks)(?! and )",
    ),
    praise=frozenset(
        ("excellent", "very good", "good", "great", "outstanding", "satisfying", "very satisfying", "satisfactory",
         "superb", "fair")
    ),
    criticism=_words(r"poor", r"bad", r"unsatisfactory", r"weak", r"disappointing", r"not \w+"),
    joined=re.compile(r"(?<!\w)and(?!\w)[^?,;]*", re.IGNORECASE),
    joined_subject=re.compile(
        r"^\s*\w+(?: the| all| every| our)?(?: [\w-]+){1,2} and (?:the )?[\w-]+ "
        r"(?:be|have|get|need|stay|open|join|share|use|receive|keep|come)(?!\w)",
        re.IGNORECASE,
    ),
    jargon=_words(
        r"intermodal", r"operationali[sz]\w+", r"spatial plan", r"stakeholders?", r"engagement", r"framework",
        r"capacity building", r"leverag\w+", r"synerg\w+", r"optimi[sz]\w+", r"throughput", r"modal split",
        r"decarboni[sz]\w+", r"last-mile", r"logistics", r"externalit\w+", r"mitigat\w+", r"extractive",
        r"mainstream\w*", r"resilien\w+", r"cross-cutting", r"work ?streams?", r"digital transformation",
        r"service delivery", r"accelerat\w+", r"scheme", r"holistic", r"paradigm", r"deliverables?", r"roadmap",
        r"benchmark\w*", r"implement\w+", r"prioriti[sz]ation", r"multi-?stakeholder", r"governance", r"granular",
        r"ecosystem", r"proactive\w*", r"utili[sz]\w+",
    ),
    absolute=_words(
        r"always", r"never", r"without exception", r"the only", r"absolutely", r"every(?:one|body)", r"nobody",
        r"no one", r"entirely", r"completely",
    ),
    all_must=_words(r"(?:all|every)(?=[^?]*(?<!\w)(?:must|obliged|required|forbidden|banned)(?!\w))",
                    r"(?<=must )every"),
    choice=re.compile(r"which|choose|prefer|better|should", re.IGNORECASE),
    either=re.compile(r"(?<!\w)[\w.,-]+ or (?:in |to |on |an? )?[\w.-]+(?: [\w.-]+)?", re.IGNORECASE),
    scale=_words(r"agree or", r"support or", r"oppose or", r"fair or", r"good or", r"or (?:poor|not)",
                 r"satisfying or"),
    as_it_is=_words(r"stay", r"as (?:it|they) (?:is|are)", r"leave", r"left", r"keep", r"kept", r"neither", r"none",
                    r"no change", r"not", r"remain"),
)  # fmt: skip

LANGUAGES: Mapping[str, _Language] = MappingProxyType({"id": _INDONESIAN, "en": _ENGLISH})

KNOWN_SHORT = frozenset("KTP KK RT RW SD SMP SMA SMK TK PLN PDAM BPJS TV HP SIM NIK WC UKS ATM GPS USB OK".split())
"""Short forms that most people use more readily than the words they stand for."""

_SHORT = re.compile(r"(?<!\w)(?=[A-Z0-9-]*[A-Z]{2})[A-Z][A-Z0-9-]{2,}(?!\w)")


class UnknownLanguage(ValueError):
    """There are no patterns for this language."""


def lint(question: str, lang: str) -> tuple[Flag, ...]:
    """Everything in a question that may bend the answers, each kind once. Raises UnknownLanguage."""
    try:
        known = LANGUAGES[lang]
    except KeyError:
        raise UnknownLanguage(lang) from None
    found = ((kind, tuple(dict.fromkeys(_FINDERS[kind](known, question)))) for kind in KINDS)
    return tuple(Flag(kind, words) for kind, words in found if words)


def _all(pattern: re.Pattern[str], question: str) -> Iterator[str]:
    yield from filter(None, (match[0].strip(" ,.?") for match in pattern.finditer(question)))


def _leading(known: _Language, question: str) -> Iterator[str]:
    yield from _all(known.leading, question)


def _double(known: _Language, question: str) -> Iterator[str]:
    """Two questions in one: two question marks, or a yes-or-no question about two things."""
    if question.count("?") > 1:
        yield question[question.index("?") + 1 :].strip()
    elif known.closed.match(question) and not known.joined_subject.match(question):
        yield from _all(known.joined, question)


def _unbalanced(known: _Language, question: str) -> Iterator[str]:
    """Agreement asked for without its opposite, one side alone, or a scale of praise alone."""
    if not known.other_side.search(question):
        yield from _all(known.agreement, question)
    yield from _all(known.one_sided, question)
    offered = [word.strip() for word in re.split(r",| atau | or |:|\?", question) if word.strip()]
    praise = [word for word in offered if any(word.lower().endswith(f" {it}") or word.lower() == it
                                              for it in known.praise)]  # fmt: skip
    if len(praise) > 1 and not known.criticism.search(question):
        yield ", ".join(praise[-2:])


def _jargon(known: _Language, question: str) -> Iterator[str]:
    yield from _all(known.jargon, question)
    yield from (word for word in _all(_SHORT, question) if word not in KNOWN_SHORT)


def _absolute(known: _Language, question: str) -> Iterator[str]:
    """Absolute words in a yes-or-no question; where a question asks which always do, they are its subject."""
    if known.closed.match(question):
        yield from _all(known.absolute, question)
        yield from _all(known.all_must, question)


def _no_change(known: _Language, question: str) -> Iterator[str]:
    """Alternatives without the one of leaving things as they are."""
    if known.choice.search(question) and not known.scale.search(question) and not known.as_it_is.search(question):
        yield from _all(known.either, question)


_FINDERS: Mapping[str, Callable[[_Language, str], Iterator[str]]] = MappingProxyType(
    {
        LEADING: _leading,
        DOUBLE: _double,
        UNBALANCED: _unbalanced,
        JARGON: _jargon,
        ABSOLUTE: _absolute,
        NO_CHANGE: _no_change,
    }
)
