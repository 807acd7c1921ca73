#!/usr/bin/env python3
"""make_manuals.py PROGRAMS OUT: man pages and completions of the programs, from their own declarations.

Writes OUT/man1/vidcv.1 and vidcv-COMMAND.1, and OUT/completions/vidcv (bash), _vidcv (zsh) and vidcv.fish. Each program names its options with
--declarations, so that pages, completions and --help say the same."""
import json
import pathlib
import re
import subprocess
import sys

COMMON = {"-h", "--help", "--version", "--json", "--csv", "-q", "--quiet", "-v", "--verbose", "--config"}
FILES = re.compile(r"FILE|DIR|PATH|DB|IMAGE|PICTURE|FOLDER|MODEL", re.IGNORECASE)


def output(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True).stdout


def commands_of(vidcv):
    """Name and purpose of each command, as `vidcv help` lists them."""
    listed = re.findall(r"^  ([a-z][a-z-]*) +(\S.*)$", output(vidcv, "help").split("\n  help [COMMAND]")[0], re.MULTILINE)
    return {name: (does, json.loads(output(vidcv, name, "--declarations"))) for name, does in listed}


def roff(text):
    """A text as roff takes it: nothing in it is a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in text.split("\n"))


def is_option(option):
    return option["names"][0].startswith("-")


def term(option):
    names = ", ".join(f"\\fB{roff(name)}\\fR" for name in option["names"])
    if not is_option(option):
        names = f"\\fI{roff(option['value'] or option['names'][0])}\\fR"
    elif option["value"]:
        names += f" \\fI{roff(option['value'])}\\fR"
    return names + (" ..." if option["repeatable"] else "")


def described(option):
    text = option["help"][:1].upper() + option["help"][1:] + "."
    if option["default"] not in ("", '""', "[]", "{}"):
        text += f" Default: {option['default'].strip(chr(34))}."
    return roff(text + (" Required." if option["required"] else ""))


def options_section(title, options):
    return [f".SH {title}"] + [line for o in options for line in (".TP", term(o), described(o))] if options else []


def man_page(does, declared, version):
    name = declared["name"].replace(" ", "-")
    own = [o for o in declared["options"] if not set(o["names"]) & COMMON]
    common = [o for o in declared["options"] if set(o["names"]) & COMMON]
    arguments = " ".join(term(o) for o in own if not is_option(o))
    action = " \\fIACTION\\fR" if declared["actions"] else ""
    lines = [f'.TH {name.upper()} 1 "" "vidcv {version}" "vidcv"', ".SH NAME", f"{roff(name)} \\- {roff(does)}", ".SH SYNOPSIS",
             f"\\fB{roff(declared['name'])}\\fR{action} [\\fIOPTIONS\\fR] {arguments}".rstrip(), ".SH DESCRIPTION", roff(declared["description"])]
    lines += options_section("ARGUMENTS", [o for o in own if not is_option(o)])
    for one in declared["actions"]:
        lines += [f".SH ACTION {roff(one['name'].upper())}", roff(one["description"][:1].upper() + one["description"][1:] + ".")]
        for o in one["options"]:
            if not set(o["names"]) & COMMON:
                lines += [".TP", term(o), described(o)]
    lines += options_section("OPTIONS", [o for o in own if is_option(o)])
    lines += options_section("COMMON OPTIONS", common)
    if declared["examples"]:
        lines += [".SH EXAMPLES", ".nf", roff(re.sub(r"^Example:\n", "", declared["examples"])), ".fi"]
    lines += [".SH EXIT STATUS", "0: all done. 1: the run failed. 2: wrong command line or configuration. 3: some inputs failed, or nothing was found. "
              "128+N: ended by signal N.", ".SH SEE ALSO", ".BR vidcv (1)"]
    return "\n".join(lines) + "\n"


def main_page(commands, version):
    lines = [f'.TH VIDCV 1 "" "vidcv {version}" "vidcv"', ".SH NAME", "vidcv \\- say which known things are seen in which videos, and when", ".SH SYNOPSIS",
             "\\fBvidcv\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR] ...", ".SH COMMANDS"]
    for name, (does, _) in commands.items():
        lines += [".TP", f"\\fBvidcv\\-{roff(name)}\\fR(1)", roff(does[:1].upper() + does[1:] + ".")]
    lines += [".SH ENVIRONMENT", "VIDCV_* variables set what an option of the same name sets; see \\fBvidcv config\\fR.", ".SH FILES",
              "The working folder's vidcv.toml, $XDG_CONFIG_HOME/vidcv/config.toml: settings. $XDG_DATA_HOME/vidcv/models: imported models.", ".SH SEE ALSO",
              ", ".join(f"\\fBvidcv\\-{roff(name)}\\fR(1)" for name in commands)]
    return "\n".join(lines) + "\n"


def option_names(declared):
    options = declared["options"] + [o for action in declared["actions"] for o in action["options"]]
    return {name: option for option in options if is_option(option) for name in option["names"]}


def bash_completion(commands):
    cases, values = [], []
    for name, (_, declared) in commands.items():
        words = sorted(n for n in option_names(declared) if n.startswith("--"))
        words += [action["name"] for action in declared["actions"]]
        cases.append(f'    {name}) words="{" ".join(words)}" ;;')
        for option, o in option_names(declared).items():
            if o["words"]:
                values.append(f'    {name}:{option}) COMPREPLY=($(compgen -W "{" ".join(o["words"])}" -- "$word")); return ;;')
            elif o["value"]:
                values.append(f"    {name}:{option}) compopt -o default; COMPREPLY=(); return ;;")
    return f"""# bash completion of vidcv, made by scripts/make_manuals.py
_vidcv() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command=${{COMP_WORDS[1]}} words=
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W "{" ".join(commands)} help --help --version" -- "$word"))
    return
  fi
  case $command:$before in
    help:*) COMPREPLY=($(compgen -W "{" ".join(commands)}" -- "$word")); return ;;
{chr(10).join(values)}
  esac
  case $command in
{chr(10).join(cases)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [[ $word == -* ]] || compopt -o default
}}
complete -F _vidcv vidcv
"""


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_completion(commands):
    lines = ["#compdef vidcv", "# zsh completion of vidcv, made by scripts/make_manuals.py", "_vidcv() {", "  local -a commands", "  commands=("]
    lines += [f"    {quoted(name + ':' + does)}" for name, (does, _) in commands.items()]
    lines += ["  )", "  if (( CURRENT == 2 )); then _describe command commands; return; fi", "  case $words[2] in"]
    for name, (_, declared) in commands.items():
        lines.append(f"    {name})\n      shift words; (( CURRENT-- ))\n      _arguments -s \\")
        for option, o in option_names(declared).items():
            text = re.sub(r"([\[\]:\\])", r"\\\1", o["help"])
            value = "" if not o["value"] else f":{o['value'].split('|')[0]}:" + (f"({' '.join(o['words'])})" if o["words"] else "_files")
            lines.append(f"        {quoted(('*' if o['repeatable'] else '') + option + '[' + text + ']' + value)} \\")
        actions = " ".join(action["name"] for action in declared["actions"])
        lines.append(f"        {quoted('1:action:(' + actions + ')') if actions else ''} {quoted('*:file:_files')} ;;")
    return "\n".join([*lines, "  esac", "}", '_vidcv "$@"']) + "\n"


def fish_completion(commands):
    lines = ["# fish completion of vidcv, made by scripts/make_manuals.py"]
    for name, (does, declared) in commands.items():
        lines.append(f"complete -c vidcv -n __fish_use_subcommand -a {name} -d {quoted(does)}")
        seen = f"-n '__fish_seen_subcommand_from {name}'"
        for action in declared["actions"]:
            lines.append(f"complete -c vidcv {seen} -a {action['name']} -d {quoted(action['description'])}")
        for o in {id(o): o for o in option_names(declared).values()}.values():
            names = " ".join(f"-l {n[2:]}" if n.startswith("--") else f"-s {n[1:]}" for n in o["names"])
            value = "" if not o["value"] else f" -x -a {quoted(' '.join(o['words']))}" if o["words"] else " -r"
            lines.append(f"complete -c vidcv {seen} {names}{value} -d {quoted(o['help'])}")
    return "\n".join(lines) + "\n"


def main(programs, out):
    vidcv, out = pathlib.Path(programs) / "vidcv", pathlib.Path(out)
    commands = commands_of(vidcv)
    version = output(vidcv, "--version").split()[1]
    for folder in (out / "man1", out / "completions"):
        folder.mkdir(parents=True, exist_ok=True)
    (out / "man1/vidcv.1").write_text(main_page(commands, version))
    for name, (does, declared) in commands.items():
        (out / f"man1/vidcv-{name}.1").write_text(man_page(does, declared, version))
    (out / "completions/vidcv").write_text(bash_completion(commands))
    (out / "completions/_vidcv").write_text(zsh_completion(commands))
    (out / "completions/vidcv.fish").write_text(fish_completion(commands))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
