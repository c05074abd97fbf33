"""Who may do what, action by action: the CDK's own grants would add deleting, scanning, tagging."""

from collections.abc import Iterable

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm


def may(functions: Iterable[lambda_.Function], resource: str, *actions: str) -> None:
    """Allow functions these actions on the resource of this ARN."""
    for function in functions:
        iam.Grant.add_to_principal(
            grantee=function, actions=list(actions), resource_arns=[resource]
        )


def may_read(functions: Iterable[lambda_.Function], bucket: s3.IBucket) -> None:
    """Allow functions to get any version of an object, by a presigned URL too.

    Whoever may not list is answered 403 instead of 404 where nothing is.
    """
    may(functions, bucket.arn_for_objects("*"), "s3:GetObject", "s3:GetObjectVersion")
    may(functions, bucket.bucket_arn, "s3:ListBucket", "s3:ListBucketVersions")


def may_read_options(
    functions: Iterable[lambda_.Function],
    uploads: s3.IBucket,
    rules: ssm.StringParameter,
    answers: s3.IBucket,
) -> None:
    """Allow functions to read what a file asks for: its tags, and the rules for its key."""
    tags = ("s3:GetObjectTagging", "s3:GetObjectVersionTagging")
    may(functions, uploads.arn_for_objects("*"), *tags)
    may(functions, rules.parameter_arn, "ssm:GetParameter")
    may(functions, answers.arn_for_objects("rules/*"), "s3:GetObject")


def may_write(functions: Iterable[lambda_.Function], bucket: s3.IBucket) -> None:
    may(functions, bucket.arn_for_objects("*"), "s3:PutObject")
