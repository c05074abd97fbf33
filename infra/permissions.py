"""Who may do what, action by action: the CDK's own grants would add deleting, scanning, tagging."""

from collections.abc import Iterable

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3


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


def may_write(functions: Iterable[lambda_.Function], bucket: s3.IBucket) -> None:
    may(functions, bucket.arn_for_objects("*"), "s3:PutObject")
