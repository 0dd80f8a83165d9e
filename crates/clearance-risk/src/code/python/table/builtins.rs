//! Python's builtins.

use crate::code::flow::rule::Rule::{self, Pure, Special as Sp, Unknown, Value};
use crate::code::flow::rule::Special as S;

pub(super) static BUILTINS: &[(&str, Rule)] = &[
    (
        "abs all any ascii bin bool bytearray bytes callable chr complex delattr divmod float \
         format hash hex int isinstance issubclass len memoryview oct ord pow property range_ \
         repr_ round slice staticmethod classmethod sum",
        Pure,
    ),
    ("print id repr hasattr dir", Sp(S::Look)),
    ("range", Sp(S::Range)),
    (
        "list tuple set frozenset reversed iter aiter",
        Sp(S::Iterate),
    ),
    ("sorted max min next anext", Sp(S::Sorted)),
    ("enumerate", Sp(S::Enumerate)),
    ("zip", Sp(S::Zip)),
    ("map filter", Sp(S::Map)),
    ("dict", Sp(S::Dict)),
    ("str", Sp(S::Str)),
    ("type", Sp(S::Type)),
    ("open", Sp(S::Open)),
    ("eval exec", Sp(S::Eval)),
    ("compile", Sp(S::Eval)),
    ("__import__", Sp(S::Import)),
    ("getattr", Sp(S::GetAttr)),
    ("setattr", Sp(S::SetAttr)),
    ("globals locals vars", Sp(S::Reflect)),
    ("super", Sp(S::Super)),
    ("help", Sp(S::Help)),
    ("input", Pure),
    ("object", Pure),
    ("exit quit copyright credits license", Pure),
    ("breakpoint", Unknown("a debugger is started")),
    (
        "__builtins__ __loader__ __spec__",
        Unknown("an attribute that reaches into the language"),
    ),
    (
        "__name__ __doc__ __file__ __package__ __debug__ NotImplemented Ellipsis",
        Value,
    ),
    (
        "ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError \
         BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError \
         ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError EnvironmentError Exception \
         ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError \
         ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError \
         KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError \
         NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError \
         RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration \
         SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError \
         UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeWarning UserWarning ValueError Warning \
         WindowsError ZeroDivisionError",
        Pure,
    ),
];
