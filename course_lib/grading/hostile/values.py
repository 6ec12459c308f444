"""Values that lie about themselves, or that no message can hold."""

from course_lib.grading.hostile.attacks import attack, defined


@attack
def an_object_that_equals_everything(target):
    """``==`` and every other comparison is true."""
    before = """
class Yes:
    def __eq__(self, other): return True
    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__
    def __bool__(self): return True
    def __hash__(self): return 1
    def __float__(self): return 1.0
    def __int__(self): return 1
    __index__ = __int__
    def __len__(self): return 3
    def __iter__(self): return iter([self] * 3)
    def __abs__(self): return self
    def __sub__(self, other): return self
    __rsub__ = __add__ = __radd__ = __mul__ = __getitem__ = __sub__
"""
    return defined(target, "return Yes()", before)


@attack
def an_object_with_an_array_protocol(target):
    """``__array__`` gives whatever is compared with it."""
    before = """
class Lie:
    shape = (1,)
    dtype = torch.float64
    def __array__(self, *a, **k): return np.zeros(1)
    def __array_function__(self, *a, **k): return True
    def __array_ufunc__(self, *a, **k): return True
    __array_priority__ = 1e9
import numpy as np, torch
"""
    return defined(target, "return Lie()", before)


@attack
def an_object_that_answers_for_torch(target):
    """``__torch_function__`` says yes to every function of torch."""
    before = """
import torch
class Lie(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        if name in ("detach", "numel", "element_size", "__get__", "copy_"):
            return super().__torch_function__(func, types, args, kwargs or {})
        return torch.tensor(True)
"""
    return defined(target, "return torch.zeros(1).as_subclass(Lie)", before)


@attack
def an_object_that_claims_to_be_a_tensor(target):
    """``__class__`` lies, so ``isinstance`` says that it is a tensor."""
    before = """
import torch
class Lie:
    __class__ = torch.Tensor
    dtype, layout, device = torch.float64, torch.strided, torch.device("cpu")
    shape = torch.Size([])
    def numel(self): return 0
    def element_size(self): return 0
    def detach(self): return torch.zeros(())
    def __getattr__(self, name): return lambda *a, **k: self
"""
    return defined(target, "return Lie()", before)


@attack
def a_tensor_whose_shape_depends_on_who_asks(target):
    """Another shape at each look."""
    before = """
import torch
class Lie(torch.Tensor):
    looks = 0
    @property
    def shape(self):
        Lie.looks += 1
        return torch.Size([Lie.looks % 4])
"""
    return defined(target, "return torch.zeros(3).as_subclass(Lie)", before)


@attack
def a_number_that_lies(target):
    """A float whose comparisons and arithmetic always suit."""
    before = """
class Lie(float):
    def __eq__(self, other): return True
    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__
    def __sub__(self, other): return 0.0
    __rsub__ = __abs__ = __sub__
    def __float__(self): return 0.0
    __hash__ = None
"""
    return defined(target, "return Lie(1e9)", before)


@attack
def a_text_that_lies(target):
    """A str that equals every other one and is in every list."""
    before = """
class Lie(str):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __str__(self): return self
"""
    return defined(target, "return Lie('yes')", before)


@attack
def containers_that_lie(target):
    """Lists and dicts that say other things about themselves."""
    before = """
class Many(list):
    def __len__(self): return 3
    def __iter__(self): return iter([0.0] * 10**9)
    def __eq__(self, other): return True
class All(dict):
    def __contains__(self, key): return True
    def __getitem__(self, key): return 1.0
    def items(self): return [("a", self)] * 3
    def __missing__(self, key): return 1.0
"""
    return defined(target, "return [Many(), All(), (Many(),)]", before)


@attack
def a_lazy_object_without_an_end(target):
    """Each attribute and each item is the object itself."""
    before = """
class Lazy:
    def __getattr__(self, name): return self
    def __getitem__(self, key): return self
    def __call__(self, *a, **k): return self
    def __iter__(self):
        while True:
            yield self
"""
    return defined(target, "return Lazy()", before)


@attack
def a_metaclass_that_lies(target):
    """The class of the value says yes to every isinstance."""
    before = """
class Meta(type):
    def __instancecheck__(cls, other): return True
    def __subclasscheck__(cls, other): return True
    def __eq__(cls, other): return True
    __hash__ = type.__hash__
    @property
    def __name__(cls): raise SystemExit(0)
class Lie(metaclass=Meta): pass
"""
    return defined(target, "return Lie()", before)


@attack
def values_that_change_between_two_looks(target):
    """An attribute that is another number each time."""
    before = """
import itertools
count = itertools.count()
class Moving:
    @property
    def hidden_size(self): return next(count)
    def __getattribute__(self, name):
        if name.startswith("__"): return object.__getattribute__(self, name)
        return next(count)
"""
    return defined(target, "return Moving()", before)


@attack
def a_handle_that_turns_into_something_else(target):
    """The object that was returned becomes another one before it is used."""
    before = """
class Turning:
    def __call__(self, *a): return 0.0
def turn():
    import gc
    for thing in gc.get_objects():
        if type(thing).__name__ == "Side":
            thing.kept[:] = [Turning()] * 99
"""
    return defined(target, "turn()\nreturn Turning()", before)


@attack
def an_expanded_tensor(target):
    """2**50 numbers that take four bytes."""
    return defined(target, "import torch\nreturn torch.zeros(1).expand(2**50)")


@attack
def a_container_in_itself(target):
    """It never ends."""
    return defined(
        target, "a = []\na.append(a)\nb = {'a': a}\na.append(b)\nreturn a"
    )


@attack
def a_deep_container(target):
    """100,000 lists in each other."""
    return defined(
        target, "a = []\nfor _ in range(100_000):\n    a = [a]\nreturn a"
    )


@attack
def a_long_container(target):
    """Ten million numbers."""
    return defined(target, "return [0.5] * 10**7")


@attack
def a_long_text(target):
    """200 MB of letters."""
    return defined(target, "return 'x' * (200 * 2**20)")


@attack
def a_large_whole_number(target):
    """A million digits."""
    return defined(target, "return 10**1_000_000")


@attack
def odd_keys(target):
    """Dicts with keys of all kinds, and sets of them."""
    return defined(
        target,
        "return {(1, 2): 1, frozenset({1}): 2, None: {float('nan')},"
        " b'x': 1, object(): 2}",
    )


@attack
def a_generator_without_an_end(target):
    """A value for as long as somebody asks."""
    return defined(target, "import itertools\nreturn itertools.count()")
