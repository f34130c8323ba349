"""Builds the wheel: the package, and the library compiled by Go. Needs Go and a C compiler.

A build backend (PEP 517) that needs no other package, so that it works without a network.
"""

import base64
import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "rapidhgn"
LIBRARY = "librapidhgn." + {"darwin": "dylib", "win32": "dll"}.get(sys.platform, "so")


def _field(name):
    with open(os.path.join(HERE, "pyproject.toml"), encoding="utf-8") as file:
        return re.search(rf'^{name} = "(.*)"$', file.read(), re.MULTILINE).group(1)


def _library():
    """The bytes of the library: RAPIDHGN_LIBRARY, or what Go builds."""
    path = os.environ.get("RAPIDHGN_LIBRARY")
    if not path:
        path = os.path.join(os.path.dirname(HERE), "build", LIBRARY)
        command = ["go", "build", "-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o", path, "."]
        subprocess.run(command, cwd=os.path.dirname(HERE), env={**os.environ, "CGO_ENABLED": "1"}, check=True)
    with open(path, "rb") as file:
        return file.read()


def _files():
    """The files of the package by their names in it."""
    folder = os.path.join(HERE, NAME)
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py") or name == "py.typed":
            with open(os.path.join(folder, name), "rb") as file:
                yield f"{NAME}/{name}", file.read()
    yield f"{NAME}/{LIBRARY}", _library()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    version = _field("version")
    tag = "py3-none-" + re.sub(r"[-.]", "_", sysconfig.get_platform())
    info = f"{NAME}-{version}.dist-info"
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    metadata = "\n".join([
        "Metadata-Version: 2.1", f"Name: {NAME}", f"Version: {version}", f"Summary: {_field('description')}",
        f"License: {_field('license')}", f"Requires-Python: {_field('requires-python')}", "Requires-Dist: numpy",
        "Provides-Extra: ase", 'Requires-Dist: ase; extra == "ase"', "Description-Content-Type: text/markdown", "", readme])
    wheel = f"Wheel-Version: 1.0\nGenerator: {NAME}\nRoot-Is-Purelib: false\nTag: {tag}\n"
    entries = [*_files(), (f"{info}/METADATA", metadata.encode()), (f"{info}/WHEEL", wheel.encode())]
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for name, data in entries) + f"{info}/RECORD,,\n"
    entries.append((f"{info}/RECORD", record.encode()))
    file = f"{NAME}-{version}-{tag}.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, file), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            entry = zipfile.ZipInfo(name)  # of a fixed date, so that the same files give the same wheel
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, data)
    return file


def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError("the package is built from a checkout of rapidhgn, not from a source archive")


if __name__ == "__main__":  # backend.py FOLDER
    print(os.path.join(sys.argv[1], build_wheel(sys.argv[1])))
