"""Screen PHP files.

Belongs here: what a function or a variable of PHP means for a trace. Does not: the order of the questions (`engine`).
"""

import re

from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import engine
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import Table, own

_DEFINING = {
    "class_declaration", "comment", "const_declaration", "declare_statement", "enum_declaration", "function_definition",
    "interface_declaration", "namespace_definition", "namespace_use_declaration", "php_tag", "return_statement", "text",
    "text_interpolation", "trait_declaration",
}  # fmt: skip
_SETTING_UP = re.compile(
    r"\s*(?:(?:if|unless)\b[^;{]*)?(?:defined|define|require|include|require_once|include_once|error_reporting"
    r"|ini_set|exit|die"
    r"|spl_autoload_register|date_default_timezone_set|set_time_limit|declare)\b"
)


def _is_program(code: Code) -> bool:
    """Whether a statement outside functions and classes does more than to define, assign or set up."""
    children = list(code.root.named_children)
    for child in list(children):
        if child.type == "namespace_definition" and (body := child.child_by_field_name("body")) is not None:
            children += body.named_children
    for child in children:
        if child.type in _DEFINING:
            continue
        text = code.bare[child.start_byte : child.end_byte]
        if child.type == "expression_statement" and ("(" not in text or _SETTING_UP.match(text)):
            continue
        return True
    return False


def _foreign(code: Code) -> str | None:
    """A web server, a database or another file that the program wants."""
    web = re.search(r"\$_(?:GET|POST|REQUEST|COOKIE|SESSION|FILES)\b|\$_SERVER\s*\[\s*'(?!\s*arg)", code.plain)
    web = web or re.search(r"(?<![\w>:])(?:session_start|setcookie|header|mail)\s*\(", code.bare)
    if (
        web is not None
        and web[0].startswith("$_SERVER")
        and re.match(
            r"\$_SERVER\s*\[\s*['\"](?:argv|argc|SCRIPT_FILENAME|PHP_SELF|SCRIPT_NAME)", code.plain[web.start() :]
        )
    ):
        web = None
    if web is not None:
        return f"a web server ({web[0].strip('( ')})"
    if (other := re.search(r"(?<![\w>:$])(?:require|include)(?:_once)?\b", code.bare)) is not None:
        return f"another file ({other[0]})"
    if (
        database := re.search(r"\bnew\s+\\?(?:PDO|mysqli|SQLite3)\b|(?<![\w>:])(?:mysqli?_|pg_)\w+\s*\(", code.bare)
    ) is not None:
        return f"a database ({database[0].strip('( ')})"
    return None


TABLE = Table(
    "PHP",
    _is_program,
    calls=(
        (
            Reason.NONDETERMINISTIC,
            own(
                "array_rand chdir curl_init date disk_free_space exec fsockopen ftp_connect get_current_user "
                "getcwd getdate getenv"
                " gethostname getmypid glob hrtime lcg_value localtime memory_get_peak_usage "
                "memory_get_usage microtime mktime mt_rand"
                " opendir passthru pcntl_fork php_sapi_name php_uname phpversion popen proc_open rand "
                "random_bytes random_int scandir"
                " shell_exec shuffle spl_object_hash spl_object_id str_shuffle stream_socket_client "
                "strtotime sys_get_temp_dir system"
                " tempnam time tmpfile uniqid usleep"
                # What is installed here.
                " extension_loaded filter_list get_cfg_var get_declared_classes get_declared_interfaces"
                " get_extension_funcs get_loaded_extensions hash_algos ini_get_all mb_list_encodings phpinfo"
                " stream_get_wrappers timezone_identifiers_list",
                before=r"(?<![\w>:$])(?<!new\s)",
            ),
        ),
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\bnew\s+\\?DateTime(?:Immutable)?\s*(?:\(\s*\)|;)|\bPHP_(?:VERSION|OS)\w*"
                r"|\bDateTime::createFromFormat\b|`"
            ),
        ),
        (
            Reason.UNLEARNABLE,
            own(
                "base64_decode base64_encode bin2hex convert_uuencode crc32 crypt gzcompress gzdeflate "
                "gzencode hash hash_hmac md5"
                " md5_file openssl_decrypt openssl_encrypt password_hash serialize sha1 sha1_file",
                before=r"(?<![\w>:$])",
            ),
        ),
    ),
    foreign=_foreign,
)


def screen(source: str) -> Dropped | None:
    """Why a PHP file is not worth running, or None."""
    return engine.screen(TABLE, source)
