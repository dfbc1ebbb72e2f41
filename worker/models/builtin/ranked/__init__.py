"""Ranked reading: many plans for one question, and a learned sense of which is meant.

Where the grammar asks that every word has its place, this reading asks what a person most likely
means by words of which some have none: `table` (columns and values as words find them) -> `links`
(what a question mentions) -> `operations` (candidate plans) -> `rehearsal` (what each answers) ->
`features` (a score, to find those worth a closer look) -> `facts` -> `trees` (which of those is
right, and how sure that is).
"""
