"""What fresh processes run where the start of a function is measured."""

from typing import Final

# What a function of the usual kind is packed with.
USUAL: Final = (
    *("requests", "certifi", "charset-normalizer", "idna", "urllib3"),
    *("pydantic", "pydantic-core", "annotated-types", "typing-inspection", "typing-extensions"),
    *("aws-lambda-powertools", "jmespath", "aws-xray-sdk", "wrapt"),
)
NAIVE: Final = """
from typing import Any, Optional

import boto3
import requests
from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.utilities.parser import BaseModel, envelopes, event_parser
from aws_lambda_powertools.utilities.parser.models import S3SqsEventNotificationModel
from aws_lambda_powertools.utilities.typing import LambdaContext

class Word(BaseModel):
    word: str
    start: float
    end: float
    confidence: float

class Answer(BaseModel):
    status: str
    text: Optional[str] = None
    words: list[Word] = []

class Job(BaseModel):
    job_id: str
    bucket: str
    key: str
    status: str
    answer: Optional[Answer] = None

logger, metrics, tracer, session = Logger(), Metrics(), Tracer(), requests.Session()
makers = {{"dynamodb": boto3.resource}}
made = [makers.get(service, boto3.client)(service) for service in {clients!r}]

@logger.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler
@event_parser(model=Job)
def handler(event: Job, context: LambdaContext) -> Any: ...
"""
FLOOR: Final = "import boto3\nmade = [boto3.client(service) for service in {clients!r}]\n"
IMPORT: Final = """
import sys, time
sys.path[:0] = sys.argv[2:]
started = time.process_time()
__import__(sys.argv[1])
print(time.process_time() - started)
"""
CLIENTS: Final = """
import sys
sys.path[:0] = sys.argv[2:]
import json, botocore.session
made, create = [], botocore.session.Session.create_client
def watched(self, service, *args, **kwargs):
    made.append(service)
    return create(self, service, *args, **kwargs)
botocore.session.Session.create_client = watched
__import__(sys.argv[1])
print(json.dumps(made))
"""
