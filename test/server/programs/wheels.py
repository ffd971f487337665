"""Builds wheels without tools. Each is one module, and a command that contains the environment's path."""

import zipfile


def write_wheel(folder, name, code, more={}):
    info = f"{name}-1.0.dist-info/"
    files = {
        f"{name}.py": code,
        f"{info}METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
        **more,
    }
    files[f"{info}RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}RECORD"])
    file = f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{file}", "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return file
