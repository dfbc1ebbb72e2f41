"""The built-in planner: a question and a profile become a query plan, without a model.

The passes, each in its own module: `words` (tokens) -> `binding` (what each word can mean in this
table) -> `frame` (one reading, as slots) -> `grammar` (the operation it asks for) -> `planner`
(the best reading, its confidence, or why there is none).
"""
