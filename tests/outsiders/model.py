"""Whether a reply is what botocore's model of the service says: on the wire, as parsed, and as an error.

botocore's parsers drop what they do not know and invent nothing for what is missing, so the wire is checked as well.
"""

import datetime
import json
import xml.etree.ElementTree as ElementTree

# Codes that every operation of a protocol may answer, modelled or not (the APIs' pages "Common Errors").
COMMON = {
    "rest-json": {
        "AccessDeniedException": 403,
        "ExpiredTokenException": 403,
        "ThrottlingException": 429,
        "ServerException": 500,
        "UnknownOperationException": 404,
        "InvalidSignatureException": 403,
        "SerializationException": 400,
    },
    "query": {
        "AccessDenied": 403,
        "ExpiredToken": 403,
        "InternalFailure": 500,
        "InvalidAction": 400,
        "SignatureDoesNotMatch": 403,
        "Throttling": 400,
        "ValidationError": 400,
    },
}

# What the service answers although its model does not say so (terraform-aws-eks issue 793, and pull request 866 with
# issue 2194 for the profile that is in the way of another).
BEYOND = {
    ("CreateNodegroup", "ResourceNotFoundException"): 404,
    ("CreateFargateProfile", "ResourceNotFoundException"): 404,
    ("CreateFargateProfile", "ResourceInUseException"): 409,
    ("DeleteFargateProfile", "ResourceInUseException"): 409,
}


def problems_of_reply(operation, body, parsed):
    """What is wrong with a good reply."""
    shape = operation.output_shape
    if shape is None:
        return []
    return list(_wire(operation, body)) + list(_parsed(shape, parsed, shape.name))


def problems_of_error(operation, status, body, parsed):
    """What is wrong with an error: its code, its status, its message, the members of its shape."""
    protocol = operation.service_model.metadata["protocol"]
    code, message = parsed["Error"].get("Code"), parsed["Error"].get("Message")
    modelled = {shape.metadata.get("error", {}).get("code", shape.name): shape for shape in operation.error_shapes}
    expected = BEYOND.get((operation.name, code), COMMON[protocol].get(code))
    if code in modelled:
        # A shape without a status is Smithy's: a client's fault is 400, a server's 500.
        fallback = 500 if modelled[code].metadata.get("fault") else 400
        expected = modelled[code].metadata.get("error", {}).get("httpStatusCode", fallback)
    if expected is None:
        yield f"{operation.name} knows no error {code}; it knows {sorted(modelled)}"
    elif expected != status:
        yield f"{code} comes with HTTP {status} instead of {expected}"
    if code in modelled and protocol == "rest-json":
        yield from _json(modelled[code], json.loads(body), code)
    if not message:
        yield f"{code} has no message"
    if not parsed["ResponseMetadata"].get("RequestId"):
        yield f"{code} has no request id"


def _wire(operation, body):
    shape = operation.output_shape
    if operation.service_model.metadata["protocol"] == "rest-json":
        yield from _json(shape, json.loads(body), shape.name)
        return
    root = ElementTree.fromstring(body)
    namespace = operation.service_model.metadata.get("xmlNamespace")
    children = [_local(child) for child in root]
    wrapper = shape.serialization.get("resultWrapper")
    if children != [wrapper, "ResponseMetadata"]:
        yield f"the elements of {_local(root)} are {children}"
        return
    if namespace and root.tag != f"{{{namespace}}}{operation.name}Response":
        yield f"the root is {root.tag}"
    yield from _xml(shape, root[0], shape.name)


def _json(shape, value, path):
    if value is None:
        return
    if shape.type_name == "structure":
        known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for name, member in value.items():
            if name not in known:
                yield f"{path} has no member {name}"
            else:
                yield from _json(known[name], member, f"{path}.{name}")
    elif shape.type_name == "list":
        for index, member in enumerate(value):
            yield from _json(shape.member, member, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, member in value.items():
            yield from _json(shape.value, member, f"{path}.{key}")
    elif shape.type_name == "timestamp" and not isinstance(value, (int, float)):
        yield f"{path} is not a number of seconds: {value!r}"
    elif shape.type_name in ("integer", "long") and (not isinstance(value, int) or isinstance(value, bool)):
        yield f"{path} is not an integer: {value!r}"
    elif shape.type_name == "boolean" and not isinstance(value, bool):
        yield f"{path} is not a boolean: {value!r}"
    elif shape.type_name == "string" and not isinstance(value, str):
        yield f"{path} is not a string: {value!r}"


def _xml(shape, element, path):
    if shape.type_name == "structure":
        known = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for child in element:
            name = _local(child)
            if name not in known:
                yield f"{path} has no element {name}"
            else:
                yield from _xml(known[name], child, f"{path}.{name}")
    elif shape.type_name == "list":
        for index, child in enumerate(element):
            if _local(child) != "member":
                yield f"{path} has an element {_local(child)}"
            yield from _xml(shape.member, child, f"{path}[{index}]")
    elif shape.type_name == "boolean" and element.text not in ("true", "false"):
        yield f"{path} is no boolean: {element.text!r}"
    elif len(element):
        yield f"{path} has elements of its own"


def _local(element):
    return element.tag.rsplit("}", 1)[-1]


TYPES = {
    "string": str,
    "integer": int,
    "long": int,
    "boolean": bool,
    "float": float,
    "double": float,
    "timestamp": datetime.datetime,
    "structure": dict,
    "map": dict,
    "list": list,
}


def _parsed(shape, value, path):
    if not isinstance(value, TYPES[shape.type_name]):
        yield f"{path} is a {type(value).__name__} and no {shape.type_name}"
    elif shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                yield f"{path} lacks {name}"
        for name, member in shape.members.items():
            if name in value:
                yield from _parsed(member, value[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for index, member in enumerate(value):
            yield from _parsed(shape.member, member, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, member in value.items():
            yield from _parsed(shape.key, key, f"{path} key")
            yield from _parsed(shape.value, member, f"{path}.{key}")
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path} is {value!r} and not one of {shape.enum}"
