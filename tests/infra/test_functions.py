"""The Lambda functions, as CloudFormation would make them."""

import json
import re

import pytest
from transcription.parameters import PARAMETERS

from infra.lambda_asset import FUNCTIONS
from tests.infra.conftest import Synthesize
from tests.infra.template import Template

NAMES = ("Submit", "Dispatch", "Reconcile", "Poll", "Publish", "RecordFailure")
TIMEOUTS = {
    "Submit": 360,
    "Dispatch": 480,
    "Reconcile": 480,
    "Poll": 60,
    "Publish": 60,
    "RecordFailure": 60,
}
SECRETS = re.compile(r"key$|token|password|secret(?!$)", re.IGNORECASE)


def test_each_file_with_a_handler_is_a_function(template: Template) -> None:
    """functions/ holds the handler of every function, and no handler that is none."""
    handlers = {made["Handler"] for made in template.functions().values()}
    files = [path for path in FUNCTIONS.glob("*.py") if "def handler(" in path.read_text()]
    assert handlers == {f"{path.stem}.handler" for path in files}


def test_functions_are_called_like_their_files(template: Template) -> None:
    """The console's RecordFailure is record_failure.py."""
    handlers = {name: made["Handler"] for name, made in template.functions().items()}
    snake = {name: re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower() for name in NAMES}
    assert handlers == {name: f"{snake[name]}.handler" for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_function_runs_on_arm_and_is_traced(template: Template, name: str) -> None:
    """Every function is Python 3.13 on arm64, traced without a line of code."""
    made = template.functions()[name]
    assert (made["Runtime"], made["Architectures"]) == ("python3.13", ["arm64"])
    assert made["TracingConfig"] == {"Mode": "Active"}
    assert (made["Timeout"], made["MemorySize"]) == (TIMEOUTS[name], 512)


@pytest.mark.parametrize("name", NAMES)
def test_a_function_logs_for_a_while(template: Template, name: str) -> None:
    """Every function has a log group of its own that forgets."""
    assert template.functions()[name]["LoggingConfig"] == {"LogGroup": f"{name}Logs"}
    assert template.properties(f"{name}Logs") == {"RetentionInDays": 30}


def test_every_log_forgets_after_the_same_days(synthesize: Synthesize) -> None:
    """logRetentionDays holds for functions and for the state machine."""
    made = synthesize(logRetentionDays=7).of_type("AWS::Logs::LogGroup")
    assert set(made) == {f"{name}Logs" for name in (*NAMES, "Transcribe", "Backfill")}
    assert {it["RetentionInDays"] for it in made.values()} == {7}


def test_all_functions_share_one_asset(template: Template) -> None:
    """One upload for a deployment, not five."""
    assert len({str(made["Code"]) for made in template.functions().values()}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_stands_in_an_environment(template: Template, name: str) -> None:
    """A function is told where the key is; no variable holds a key."""
    told = template.functions()[name]["Environment"]["Variables"]
    assert told["API_KEY_SECRET"] == "ApiKey.Id"
    assert not [variable for variable in told if SECRETS.search(variable)]


def test_only_senders_know_how_to_send(template: Template) -> None:
    """They alone are told the model, the options and what to do in doubt."""
    sending = {"MODEL", "DEFAULT_OPTIONS", "AMBIGUOUS", "SEND_BY", "STATE_MACHINE_ARN"}
    told = {name: set(it["Environment"]["Variables"]) for name, it in template.functions().items()}
    assert {name for name in told if sending & told[name]} == {"Submit", "Dispatch", "Reconcile"}
    assert told["Submit"] - {"RULES_PARAMETER"} == told["Dispatch"] >= sending
    assert told["Reconcile"] >= told["Submit"]


def test_only_whoever_claims_knows_the_rules(template: Template) -> None:
    """A file's options are settled when it is claimed, and stay so."""
    told = {name: it["Environment"]["Variables"] for name, it in template.functions().items()}
    assert {name for name in told if "RULES_PARAMETER" in told[name]} == {"Submit", "Reconcile"}


def test_only_reconcile_knows_what_is_watched(synthesize: Synthesize) -> None:
    """It lists what the bucket's notifications are about."""
    made = synthesize(watchPrefixes=["calls/"], watchSuffixes=[".mp3", ".wav"]).functions()
    told = {name: it["Environment"]["Variables"] for name, it in made.items()}
    assert {name for name in told if "UPLOADS_BUCKET" in told[name]} == {"Reconcile"}
    assert json.loads(told["Reconcile"]["WATCH_PREFIXES"]) == ["calls/"]
    assert json.loads(told["Reconcile"]["WATCH_SUFFIXES"]) == [".mp3", ".wav"]


def test_every_function_knows_what_is_limited(synthesize: Synthesize) -> None:
    """Slots are freed by whoever ends a job, and its price may be corrected."""
    made = synthesize(maxInFlight=9, pricePerMinute=0.006, dailyBudget=20, sendBy="auto")
    for function in made.functions().values():
        told = function["Environment"]["Variables"]
        assert (told["MAX_IN_FLIGHT"], told["PRICE_PER_MINUTE"]) == ("9", "0.006")
        assert told["DAILY_BUDGET"] == "20.0"


def test_a_long_line_of_jobs_is_not_taken_for_a_loop(template: Template) -> None:
    """A job's end wakes Dispatch, which starts the next one: AWS would cut that after sixteen."""
    ring = {name for name, it in template.functions().items() if it.get("RecursiveLoop") == "Allow"}
    assert ring == {"Dispatch", "Poll", "RecordFailure"}


def test_settings_reach_the_functions(synthesize: Synthesize) -> None:
    """Model, options, doubt and deadline are what the settings say."""
    made = synthesize(
        model="#g1_nova-2-general",
        defaultOptions={"language": "pt", "diarize": True},
        ambiguous="hold",
        sendBy="auto",
        deadlineMinutes=40,
    ).functions()
    submit = made["Submit"]["Environment"]["Variables"]
    assert (submit["MODEL"], submit["AMBIGUOUS"]) == ("#g1_nova-2-general", "hold")
    assert submit["SEND_BY"] == "auto"
    assert json.loads(submit["DEFAULT_OPTIONS"]) == {"language": "pt", "diarize": True}
    assert made["Poll"]["Environment"]["Variables"]["DEADLINE_SECONDS"] == "2400"


def test_default_options_are_options(template: Template) -> None:
    """What every file asks for by default is something that one file could ask for."""
    told = template.functions()["Submit"]["Environment"]["Variables"]
    assert json.loads(told["DEFAULT_OPTIONS"]).keys() <= PARAMETERS.keys()
