"""The edge to AWS: everything that talks through boto3, behind narrow typed functions.

Only commands that need AWS import from here; importing a module of this package costs boto3.
"""
