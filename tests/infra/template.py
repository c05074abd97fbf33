"""A synthesised template as tests read it: names without hashes, references as text."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HASH = re.compile(r"[0-9A-F]{8}$")


@dataclass(frozen=True)
class Template:
    """What CloudFormation would get. `report` is what cdk-nag said about it."""

    file: Path
    body: Mapping[str, Any]
    report: Mapping[str, Any]

    @classmethod
    def read(cls, assembly: Path, stack: str = "Dropscribe") -> "Template":
        file = assembly / f"{stack}.template.json"
        report = json.loads((assembly / "validation-report.json").read_text())
        return cls(file, json.loads(file.read_text()), report)

    def of_type(self, kind: str) -> dict[str, Any]:
        """Properties by name, as `plain` makes them, of all resources of a type."""
        return {
            name_of(logical_id): plain(resource.get("Properties", {}))
            for logical_id, resource in self.body["Resources"].items()
            if resource["Type"] == kind
        }

    def resource(self, name: str) -> dict[str, Any]:
        """One whole resource: its type, its properties, what becomes of it when it is deleted."""
        [found] = [
            resource
            for logical_id, resource in self.body["Resources"].items()
            if name_of(logical_id) == name
        ]
        return dict(plain(found))

    def properties(self, name: str) -> dict[str, Any]:
        return dict(self.resource(name)["Properties"])

    def functions(self) -> dict[str, Any]:
        """Our own functions: the CDK's come with their source in the template."""
        functions = self.of_type("AWS::Lambda::Function")
        return {name: it for name, it in functions.items() if "ZipFile" not in it["Code"]}

    def allowed(self, role: str) -> set[tuple[str, str]]:
        """Every action that a role's policies allow, with the resource."""
        policies = self.of_type("AWS::IAM::Policy").values()
        documents = [it["PolicyDocument"] for it in policies if role in it["Roles"]]
        return set(pairs(statement for it in documents for statement in it["Statement"]))

    def queue_policy(self, queue: str) -> list[dict[str, Any]]:
        policies = self.of_type("AWS::SQS::QueuePolicy").values()
        [document] = [it["PolicyDocument"] for it in policies if it["Queues"] == [queue]]
        return list(document["Statement"])

    def event_source(self, queue: str) -> dict[str, Any]:
        """How messages of a queue reach a function."""
        mappings = self.of_type("AWS::Lambda::EventSourceMapping").values()
        [found] = [it for it in mappings if it["EventSourceArn"] == f"{queue}.Arn"]
        return dict(found)

    def definition(self) -> dict[str, Any]:
        """The state machine in the Amazon States Language."""
        machine = self.properties("TranscribeStateMachine")
        return dict(json.loads(machine["DefinitionString"]))


def name_of(logical_id: str) -> str:
    """`UploadQueueA4421744` is UploadQueue."""
    return HASH.sub("", logical_id)


def plain(value: Any) -> Any:
    """References as text: `Jobs.Arn` for Fn::GetAtt, `Jobs` for Ref, a Join joined."""
    match value:
        case {"Ref": str(name)}:
            return name_of(name)
        case {"Fn::GetAtt": [name, attribute]}:
            return f"{name_of(name)}.{attribute}"
        case {"Fn::Select": [place, {"Fn::Split": [_, parts]}]}:
            return f"{plain(parts)}.{place}"
        case {"Fn::Join": [separator, parts]}:
            return separator.join(plain(part) for part in parts)
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case list():
            return [plain(item) for item in value]
    return value


def pairs(statements: Iterator[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for statement in statements:
        assert statement["Effect"] == "Allow"
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                yield action, resource


def listed(value: Any) -> list[Any]:
    """CloudFormation writes a list of one without its brackets."""
    return value if isinstance(value, list) else [value]
