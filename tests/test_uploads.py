"""Files sent over HTTP become tables: by a real API and a real worker, for their owner only."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import wait_until
from tests.support.stack import Person, Stack

SALES = b"""region;amount;sold
North;1,5;2024-01-02
South;2,25;2024-02-03
North;4;2024-02-29
broken
West;;2024-03-01
"""


@pytest.fixture
def person(stack: Stack) -> Person:
    return stack.person()


def send(
    person: Person, name: str, content: bytes, status: int = 202, **fields: str
) -> dict[str, Any]:
    """POST a file; the answer."""
    headers = {"Idempotency-Key": fields.pop("key")} if "key" in fields else {}
    response = person.http.post(
        "/api/datasets", files={"file": (name, content)}, data=fields, headers=headers
    )
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    return answer


def table(person: Person, name: str, content: bytes, **fields: str) -> dict[str, Any]:
    """Send a file and wait for the report."""
    done = person.finished(send(person, name, content, 202, **fields)["task_id"])
    assert done["status"] == "completed", done["error"]
    result: dict[str, Any] = done["result"]
    return result


def files(stack: Stack, *folder: str) -> list[Path]:
    """What a folder of the data directory holds."""
    return sorted(stack.settings.data_dir.joinpath(*folder).glob("*"))


def test_a_file_becomes_a_table_step_by_step_and_is_asked_about(
    stack: Stack, person: Person
) -> None:
    task = send(person, "sales 2024.csv", SALES)
    assert task["type"] == "task_started"
    messages = list(person.stream(task["task_id"]))
    assert [message["type"] for message in messages if message["type"] != "progress"] == [
        *("queued", "started", "step_started", "table_read", "step_started", "table_profiled"),
        *("step_started", "table_published", "completed"),
    ]
    assert messages[0]["data"]["upload"] == "sales 2024.csv"
    result = messages[-1]["data"]["result"]
    assert result["type"] == "dataset_report"
    assert (result["title"], result["rows"], result["rows_lost"]) == ("Sales 2024", 4, 1)
    assert result["rejected"][0]["line"] == 5
    assert result["rejected"][0]["text"] == "broken"
    assert [column["type"] for column in result["columns"]] == ["text", "number", "date"]
    assert any("decimal point" in problem for problem in result["problems"])
    assert any("semicolons" in sentence for sentence in result["understood"])
    wait_until(lambda: files(stack, "uploads") == [], "the file being removed")
    asked = person.ask("What is the total amount?", dataset=task["dataset_id"])
    answer = person.finished(asked["task_id"])["result"]
    assert "7.75" in answer["answer"]


def test_the_profile_tells_all_that_is_known(person: Person) -> None:
    rows = "".join(f"{n},2024-{1 + n % 12:02}-01,{'ab'[n % 2]}\n" for n in range(100))
    result = table(person, "numbers.csv", b"n,month,kind\n" + rows.encode())
    profile = person.http.get(f"/api/datasets/{result['dataset']}/profile").json()
    number, month, kind = profile["columns"]
    assert sum(one["rows"] for one in number["histogram"]) == 100
    assert (number["minimum"], number["maximum"], number["mean"]) == (0, 99, 49.5)
    assert number["quantiles"]["0.5"] == 49.5
    assert (month["minimum"], month["maximum"], month["grain"]) == (
        "2024-01-01",
        "2024-12-01",
        "month",
    )
    assert sum(one["rows"] for one in month["histogram"]) == 100
    assert kind["top_values"] == [["a", 50], ["b", 50]]
    assert "values" not in kind
    assert profile["report"]["format"] == "csv"
    assert len(profile["sample"]) == 5


def test_an_uploaded_table_is_nobody_elses(stack: Stack, person: Person) -> None:
    dataset_id = table(person, "mine.csv", SALES)["dataset"]
    stranger = stack.person()
    own = [one["id"] for one in person.http.get("/api/datasets").json()["datasets"]]
    assert dataset_id in own
    listed = stranger.http.get("/api/datasets")
    assert dataset_id not in listed.text
    body = {
        "action": "continue_conversation",
        "message": "How many rows?",
        "dataset": dataset_id,
    }
    refused = [
        stranger.http.get(f"/api/datasets/{dataset_id}"),
        stranger.http.get(f"/api/datasets/{dataset_id}/profile"),
        stranger.http.patch(f"/api/datasets/{dataset_id}", json={"title": "Yours"}),
        stranger.http.delete(f"/api/datasets/{dataset_id}"),
        stranger.http.post("/api/chat", json=body),
    ]
    unknown = stranger.http.get("/api/datasets/nothing").json()["detail"]
    for answer in refused:
        assert answer.status_code == 404
        assert answer.json()["detail"].replace(dataset_id, "nothing") == unknown
    send(stranger, "mine.csv", SALES, 404, dataset_id=dataset_id)
    assert person.http.get(f"/api/datasets/{dataset_id}").json()["title"] == "Mine"


def test_what_people_say_of_a_table_is_kept_also_by_its_next_version(
    stack: Stack, person: Person
) -> None:
    first = table(person, "sales.csv", SALES)
    path = f"/api/datasets/{first['dataset']}"
    change = {
        "title": "Turnover",
        "synonyms": ["deals"],
        "columns": {"amount": {"unit": "EUR", "synonyms": ["turnover"], "description": "net"}},
    }
    assert person.http.patch(path, json=change).status_code == 200
    fresh = b"region;amount\nNorth;8\nEast;9\n"
    second = table(person, "sales2.csv", fresh, dataset_id=first["dataset"])
    assert second["dataset"] == first["dataset"]
    assert second["version"] != first["version"]
    shown = person.http.get(path).json()
    assert (shown["title"], shown["synonyms"], shown["rows"]) == ("Turnover", ["deals"], 2)
    amount = next(column for column in shown["columns"] if column["name"] == "amount")
    assert (amount["unit"], amount["synonyms"], amount["description"]) == (
        "EUR",
        ["turnover"],
        "net",
    )
    kept = {path.stem for path in files(stack, "tables", first["dataset"])}
    assert kept == {first["version"], second["version"]}


def test_each_fault_of_a_change_is_told_with_its_place(person: Person) -> None:
    """So that a form can say it beside its field, in any language."""
    dataset_id = table(person, "odd.csv", b"a/b~c,d\n1,2\n3,4\n")["dataset"]
    change = {"title": " ", "columns": {"a/b~c": {"unit": "x" * 51}}}
    problem = person.http.patch(f"/api/datasets/{dataset_id}", json=change).json()
    assert problem["type"] == "urn:tailrace:invalid"
    assert [(fault["pointer"], fault["kind"], fault["most"]) for fault in problem["errors"]] == [
        ("/title", "string_too_short", None),
        ("/columns/a~1b~0c/unit", "string_too_long", 50),
    ]


def test_changes_that_make_no_sense_change_nothing(person: Person) -> None:
    dataset_id = table(person, "sales.csv", SALES)["dataset"]
    path = f"/api/datasets/{dataset_id}"
    before = person.http.get(path).json()
    for body, status in [
        ({"columns": {"nope": {"unit": "m"}}}, 422),
        ({"title": ""}, 400),
        ({"title": "x" * 201}, 400),
        ({"rows": 7}, 400),
        ({"columns": {"amount": {"type": "text"}}}, 400),
    ]:
        assert person.http.patch(path, json=body).status_code == status, body
    assert person.http.get(path).json() == before
    demo = "/api/datasets/penguins"
    assert person.http.patch(demo, json={"title": "Mine"}).status_code == 403
    assert person.http.delete(demo).status_code == 403


def test_a_removed_table_is_gone_and_questions_about_it_end_with_a_reason(
    stack: Stack, person: Person
) -> None:
    dataset_id = table(person, "sales.csv", SALES)["dataset"]
    asked = person.http.get(f"/api/datasets/{dataset_id}").json()
    stack.hold_workers()
    try:
        task = person.ask("What is the total amount?", dataset=asked["id"])
        assert person.http.delete(f"/api/datasets/{dataset_id}").status_code == 204
    finally:
        stack.release_workers()
    ended = person.finished(task["task_id"])
    assert ended["messages"][-1]["data"]["reason"] == "dataset_removed"
    assert "removed" in ended["error"]
    assert person.http.delete(f"/api/datasets/{dataset_id}").status_code == 404
    assert files(stack, "tables", dataset_id) == []


def test_a_file_that_is_no_table_fails_with_the_reason_and_leaves_nothing(
    stack: Stack, person: Person
) -> None:
    task = send(person, "picture.parquet", b"\x89PNG\r\n" + bytes(2000))
    ended = person.finished(task["task_id"])
    assert ended["status"] == "error"
    assert ended["messages"][-1]["data"]["reason"] == "unreadable_file"
    assert ended["error"].startswith("picture.parquet cannot be used: ")
    assert str(stack.folder) not in json.dumps(ended)
    wait_until(lambda: files(stack, "uploads") == [], "the file being removed")
    assert person.http.get(f"/api/datasets/{task['dataset_id']}").status_code == 404


def test_a_stopped_upload_leaves_nothing(stack: Stack, person: Person) -> None:
    rows = "".join(f"{n},{n * 7},row {n}\n" for n in range(400_000))
    task = send(person, "large.csv", b"a,b,c\n" + rows.encode())
    for message in person.stream(task["task_id"]):
        if message["type"] == "step_started":
            break
    person.cancel(task["task_id"])
    assert person.finished(task["task_id"])["status"] == "cancelled"
    wait_until(lambda: files(stack, "uploads") == [], "the file being removed")
    listed = [one["id"] for one in person.http.get("/api/datasets").json()["datasets"]]
    assert task["dataset_id"] not in listed


def test_the_same_key_sends_a_file_once(person: Person, stack: Stack) -> None:
    first = send(person, "sales.csv", SALES, key="once")
    again = send(person, "sales.csv", SALES, key="once")
    assert again == first
    send(person, "sales.csv", SALES + b"East;1;2024-04-04\n", 422, key="once")
    person.finished(first["task_id"])
    wait_until(lambda: files(stack, "uploads") == [], "the file being removed")


def test_uploads_are_no_conversations(person: Person) -> None:
    table(person, "sales.csv", SALES)
    assert person.http.get("/api/conversations").json()["conversations"] == []


def test_bad_forms_are_refused_and_leave_nothing(stack: Stack, person: Person) -> None:
    send(person, "notes.docx", b"x", 415)
    send(person, "noname", b"x", 415)
    send(person, "empty.csv", b"", 400)
    send(person, "a.csv", SALES, 400, title="x" * 201)
    send(person, "a.csv", SALES, 413, note="x" * 300_000)
    two = [("file", ("a.csv", SALES)), ("file", ("b.csv", SALES))]
    assert person.http.post("/api/datasets", files=two).status_code == 400
    assert person.http.post("/api/datasets", files={"other": ("a.csv", SALES)}).status_code == 400
    assert person.http.post("/api/datasets", json={}).status_code == 415
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    for body in [b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nab"]:
        assert person.http.post("/api/datasets", content=body, headers=form).status_code == 400
    wait_until(lambda: files(stack, "uploads") == [], "the file being removed")


def begun(stack: Stack, length: int, body: bytes = b"") -> HTTPConnection:
    """A request that says how long its form is, and sends some of it."""
    connection = HTTPConnection("127.0.0.1", stack.port, timeout=30)
    connection.putrequest("POST", "/api/datasets")
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(length))
    connection.endheaders(body)
    return connection


def test_a_file_over_the_limit_is_refused_before_it_is_sent(stack: Stack) -> None:
    connection = begun(stack, 9 << 30)
    assert connection.getresponse().status == 413
    connection.close()


def test_a_sender_who_hangs_up_leaves_nothing(stack: Stack) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    connection = begun(stack, 9 << 20, head + b"a,b\n" + b"1,2\n" * 100_000)
    wait_until(lambda: len(files(stack, "uploads")) == 1, "the file being written")
    connection.close()
    wait_until(lambda: files(stack, "uploads") == [], "the end of it")
