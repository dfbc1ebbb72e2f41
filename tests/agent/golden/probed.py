"""What ordinary people may ask of tables that had other questions: one of each kind once mended."""

from __future__ import annotations

from tests.agent.golden.answers import First, GoldenTable, Listed, One, best, keyed, names
from tests.agent.golden.clinic import CLINIC
from tests.agent.golden.employees import EMPLOYEES
from tests.agent.golden.enrolments import ENROLMENTS
from tests.agent.golden.flights import FLIGHTS
from tests.agent.golden.fourth.accidents import ACCIDENTS
from tests.agent.golden.fourth.museums import MUSEUMS
from tests.agent.golden.fourth.phones import PHONES
from tests.agent.golden.fourth.wines import WINES
from tests.agent.golden.loans import LOANS
from tests.agent.golden.members import MEMBERS
from tests.agent.golden.orders import ORDERS
from tests.agent.golden.recipes import RECIPES
from tests.agent.golden.rivers import RIVERS
from tests.agent.golden.sales import SALES
from tests.agent.golden.second_set import MARATHON
from tests.agent.golden.sensors import SENSORS
from tests.agent.golden.third_set import BOOKINGS, PARCELS
from tests.agent.golden.tickets import TICKETS
from tests.agent.golden.trips import TRIPS

PROBED = [
    GoldenTable(
        EMPLOYEES.id,
        EMPLOYEES.read,
        [
            ("Who earns the least?", lambda t: First((t.loc[t.pay.idxmin()]["name"],))),
            ("How much does Ada Berg earn?", lambda t: One(t.pay[t["name"] == "Ada Berg"].item())),
            ("Who works in Berlin?", lambda t: names(t["name"][t.office == "Berlin"])),
            ("employees sorted by salary", lambda t: First((t.pay.min(),), len(t))),
            ("What is the lowest and the highest salary?", lambda t: First((t.pay.min(),), 1)),
        ],
        ["How many full time employees are there?", "How many employees left?"],
    ),
    GoldenTable(
        CLINIC.id,
        CLINIC.read,
        [
            (
                "How many visits took less than half an hour?",
                lambda t: One(int((t["min"] < 30).sum())),
            ),
            ("How many patients are over 65?", lambda t: One(t[t.age > 65].pid.nunique())),
            (
                "How often did Dr. Novak see patients?",
                lambda t: One(int((t.doctor == "Dr. Novak").sum())),
            ),
            ("Which doctor is the busiest?", lambda t: best(t.doctor.value_counts())),
        ],
        ["How many visits had a duration above 50 kg?"],
    ),
    GoldenTable(
        FLIGHTS.id,
        FLIGHTS.read,
        [
            (
                "Which carrier has the most cancelled flights?",
                lambda t: best(t[t.off].carrier.value_counts()),
            ),
            ("How many flights arrived in ATH?", lambda t: One(int((t.dest == "ATH").sum()))),
        ],
        ["How many flights were on time?"],
    ),
    GoldenTable(
        SENSORS.id,
        SENSORS.read,
        [
            (
                "average noise with heating off on Mondays",
                lambda t: One(t[(t.heat == "off") & (t.date.dt.day_of_week == 0)].noise.mean()),
            )
        ],
        ["How many sensor batteries are there?"],
    ),
    GoldenTable(
        RIVERS.id,
        RIVERS.read,
        [
            ("Which sea does the Volga flow into?", lambda t: One("Caspian Sea")),
            (
                "How many rivers flow through Germany?",
                lambda t: One(int(t.countries.str.contains("Germany").sum())),
            ),
        ],
        [
            "Which rivers flow through Canada and Mexico?",
            "Which country has the most rivers?",
            "How many countries are there?",
        ],
    ),
    GoldenTable(
        MARATHON.id,
        MARATHON.read,
        [
            (
                "How many women over 40 finished?",
                lambda t: One(
                    int(((t.sex == "F") & (t.age > 40) & (t.status == "Finished")).sum())
                ),
            ),
            ("slowest finish time", lambda t: First((t.time.max(),))),
            ("Who is the oldest runner?", lambda t: First((t.age.max(),))),
        ],
        ["slowest runner", "top 10 finish times", "Which club spent the most?"],
    ),
    GoldenTable(
        TICKETS.id,
        TICKETS.read,
        [
            ("Which team handles the most tickets?", lambda t: best(t.team.value_counts())),
            (
                "Which team has the slowest first response?",
                lambda t: best(t.groupby("team")["first"].mean()),
            ),
        ],
        ["fastest team", "How many open tickets are there?", "oldest open ticket"],
    ),
    GoldenTable(
        ORDERS.id,
        ORDERS.read,
        [
            (
                "How many chairs did we sell to Germany?",
                lambda t: One(
                    int(t[(t.category == "Chairs") & (t.country == "Germany")].qty.sum())
                ),
            )
        ],
        ["How many customers are there?"],
    ),
    GoldenTable(
        RECIPES.id,
        RECIPES.read,
        [
            (
                "easy vegetarian desserts",
                lambda t: Listed(
                    int(((t.level == "easy") & (t.veg == "yes") & (t.course == "Dessert")).sum())
                ),
            )
        ],
        ["healthiest recipe", "most popular cuisine"],
    ),
    GoldenTable(
        MEMBERS.id,
        MEMBERS.read,
        [
            (
                "average visits of men and women",
                lambda t: keyed(t.groupby("sex").visits.mean()),
            ),
            (
                "Which plan is the most expensive?",
                lambda t: best(t.groupby("plan").fee.mean()),
            ),
        ],
        ["How many gyms are there?"],
    ),
    GoldenTable(
        PARCELS.id,
        PARCELS.read,
        [("Which city sends the most parcels?", lambda t: best(t.sender.value_counts()))],
        ["Which carrier is the fastest?"],
    ),
    GoldenTable(
        TRIPS.id,
        TRIPS.read,
        [],
        ["How many bikes are there?", "How far is it to the station?"],
    ),
    GoldenTable(LOANS.id, LOANS.read, [], ["How many children borrowed books?"]),
    GoldenTable(
        BOOKINGS.id,
        BOOKINGS.read,
        [
            (
                "How many nights did Brazilian guests stay?",
                lambda t: One(int(t[t.country == "Brazil"].nights.sum())),
            ),
            ("How many bookings in total?", lambda t: One(len(t))),
            ("total nights", lambda t: One(int(t.nights.sum()))),
        ],
        [],
    ),
    GoldenTable(
        ENROLMENTS.id,
        ENROLMENTS.read,
        [
            (
                "average age of full-time students",
                lambda t: One(t[t["mode"] == "Full-time"].age.mean()),
            )
        ],
        [],
    ),
    GoldenTable(
        ACCIDENTS.id,
        ACCIDENTS.read,
        [
            (
                "At what speed limit do most accidents happen?",
                lambda t: best(t.limit.value_counts()),
            ),
            (
                "How many people died in 2022?",
                lambda t: One(int(t[t.date.dt.year == 2022].killed.sum())),
            ),
        ],
        ["How many people live in Altstadt?"],
    ),
    GoldenTable(
        WINES.id,
        WINES.read,
        [
            (
                "wines with more than 14 % alcohol",
                lambda t: Listed(int((t.alcohol > 14).sum())),
            ),
            (
                "number of tastings by year",
                lambda t: keyed(t.groupby(t.tasted.dt.year.astype(str)).size()),
            ),
            ("Which producer has the most wines?", lambda t: best(t.producer.value_counts())),
        ],
        ["total vintage by country"],
    ),
    GoldenTable(
        PHONES.id,
        PHONES.read,
        [
            (
                "average price by brand, lowest first",
                lambda t: First((t.groupby("brand").price.mean().min(),), t.brand.nunique()),
            )
        ],
        ["How many phones are used?"],
    ),
    GoldenTable(
        MUSEUMS.id,
        MUSEUMS.read,
        [
            (
                "Which museum is the most visited?",
                lambda t: best(t.groupby("museum").visitors.sum()),
            )
        ],
        ["Which museum is the most visited at night?"],
    ),
    GoldenTable(SALES.id, SALES.read, [], ["houses with more than 3 bedrooms under 500000"]),
]
