"""Screen Swift files.

Belongs here: what a module, a type or a call of Swift means for a trace. Does not: the order of the questions (`engine`).
"""

import re

from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import engine
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import Table, Unordered, own, words

_ACTING = {
    "call_expression", "for_statement", "while_statement", "repeat_while_statement", "if_statement", "guard_statement",
    "switch_statement", "do_statement", "assignment", "try_expression", "await_expression",
}  # fmt: skip


def _is_program(code: Code) -> bool:
    """Whether a statement stands outside of declarations, or a type is marked as the main one."""
    if re.search(r"^[ \t]*@main\b", code.bare, re.MULTILINE):
        return True
    return any(child.type in _ACTING for child in code.root.named_children)


TABLE = Table(
    "Swift",
    _is_program,
    imports=re.compile(
        r"^[ \t]*(?:@\w+(?:\([^)]*\))?[ \t]+)*import[ \t]+(?:(?:class|struct|func|enum|protocol|let"
        r"|var)[ \t]+)?([\w.]+)",
        re.MULTILINE,
    ),
    modules={
        Reason.NEEDS_LIBRARY: words(
            "UIKit AppKit SwiftUI Combine CoreData CoreGraphics Cocoa XCTest SpriteKit MapKit CoreLocation "
            "AVFoundation PackageDescription"
            " ArgumentParser Vapor NIO Alamofire Darwin PlaygroundSupport WatchKit SceneKit Metal "
            "GameplayKit RxSwift Quick Nimble"
            " CryptoKit os ObjectiveC Accelerate"
        ),
        Reason.NONDETERMINISTIC: words("Dispatch FoundationNetworking Synchronization"),
    },
    calls=(
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\.(?:random|randomElement|shuffled?)\s*\(|\bSystemRandomNumberGenerator\b|(?<![\w.])(?:Date"
                r"|UUID|NSDate)\s*\(\s*\)|\bDate\.now\b"
                r"|\bProcessInfo\b|\bDispatch\w+|\bThread\.\w+|(?<![\w.])Task\s*(?:\{|\.|\()|\basync\s+let\b"
                r"|\bwith\w*TaskGroup\b|\bNSLog\b"
                r"|\bFileManager\b|\bURLSession\b|\bCFAbsoluteTimeGetCurrent\b|\.hashValue\b|\bHasher\s*\("
                r"|\bObjectIdentifier\b|\bTimer\.\w+"
                r"|\bContinuousClock\b|\bUnmanaged\b|\bOperationQueue\b|\bHost\.\w+|\bCalendar\.current\b"
                r"|\bTimeZone\.current\b|\bLocale\.current\b"
            ),
        ),
        (
            Reason.NONDETERMINISTIC,
            own(
                "arc4random arc4random_uniform drand48 rand random srand time clock getpid getenv gettimeofday "
                "sysconf usleep fork system"
            ),
        ),
        # Whether an object has one owner only is up to the optimizer.
        (
            Reason.UNLEARNABLE,
            re.compile(r"\bbase64Encoded\w+|\bSHA\d+\b|\bInsecure\.|\bisKnownUniquelyReferenced\b"),
        ),
    ),
    unordered=(
        Unordered(
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\b(?:let|var)\s+(\w+)\s*(?::\s*(?:\[[\w.?<>\[\] ]+\s*:[^=\n]+\]|Set\s*<|Dictionary\s*<)"
                r"|=\s*(?:\[[\w.<>]+\s*:\s*[\w.<>\[\]?]+\]\s*\(|\[\s*:\s*\]"
                r"|Set\s*[<(]|Dictionary\s*[<(]|\[\s*(?:\"[^\"]*\"|\w+)\s*:))"
            ),
            r"\bin\s+(?:self\.|\w+\.)?NAME\s*(?:\.(?:keys|values)\s*)?(?:\{|where\b)|\bNAME\.(?:(?:keys"
            r"|values)\.)?(?:map|filter|forEach|reduce|first|compactMap|enumerated)\b",
        ),
    ),
)


def screen(source: str) -> Dropped | None:
    """Why a Swift file is not worth running, or None."""
    return engine.screen(TABLE, source)
