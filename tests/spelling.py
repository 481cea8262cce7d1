"""British spellings. The locale is en-US: what is said and shown is spelled as it is there."""

import re

_BRITISH = re.compile(
    r"\b\w*(colour|favour|honour|humour|neighbour|behaviour|labour|flavour|savour|rumour|harbour"
    r"|parlour|theatre|centre|litre|fibre|cosy|cosi|grey|travelle|travelli|cancelle|cancelli"
    r"|labelle|modelle|marvello|counsell|jewelle|quarrell|programme|cheque\b|tyre|kerb|pyjama"
    r"|mould|sceptic|moustache|learnt|dreamt|spelt|burnt|leapt|whilst|amongst|defence|offence"
    r"|ageing|fulfil\b|enrol\b|skilful|storey|apologis|realis|recognis|organis|memoris|summaris"
    r"|harmonis|energis|prioritis|analys(e|ing)\b|telly|fortnight|queue|lorry|rubbish)\w*",
    re.IGNORECASE,
)


def british(text: str) -> list[str]:
    """Return the words of `text` that are spelled, or only said, in Britain."""
    return [found[0] for found in _BRITISH.finditer(text)]
