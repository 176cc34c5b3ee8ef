"""Several gates in one pass over a state, in the processor's vector registers.

Loops over slices do not get there: the compiler would have to prove that eight slices of one array do not overlap, or
to shuffle neighbours. Here a pass is spelled out as vector instructions: load, rotate pairs, store. All arrays are one
real part of a state. What is rounded is spelled out too, or states would depend on the width of vectors, which decides
what shares a pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir
from llvmlite.binding import get_host_cpu_features, get_process_triple
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic

VECTOR_BYTES = 64 if get_host_cpu_features().get("avx512f", False) else 32
"""Of a vector: eight of them and what a gate needs fit the registers, of which there are more where they are wider."""

LOW = 16
"""Neighbouring outcomes, those of the last four qubits, that one pass keeps in its registers."""

_FUSES = "x86" not in get_process_triple() or get_host_cpu_features().get("fma", False)
"""Whether the processor multiplies and adds in one step; x86 without AVX2 does not."""


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any, lanes: int) -> Any:
    """To ``lanes`` numbers of an array from ``index`` on."""
    data = context.make_array(kind)(context, builder, value=array).data
    vector = ir.VectorType(context.get_data_type(kind.dtype), lanes)
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())


def _chosen(builder: Any, vector: Any, other: Any, picks: Sequence[int]) -> Any:
    indices = ir.VectorType(ir.IntType(32), len(picks))
    return builder.shuffle_vector(vector, other, ir.Constant(indices, list(picks)))


def _filled(builder: Any, values: Sequence[Any], vector: Any, picks: Sequence[int]) -> Any:
    """A vector of which each lane is the value it picks."""
    empty = ir.Constant(vector, ir.Undefined)
    start = empty
    for k, value in enumerate(values):
        start = builder.insert_element(start, value, ir.Constant(ir.IntType(32), k))
    return _chosen(builder, start, empty, picks)


def _combined(builder: Any, a: Any, x: Any, b: Any, y: Any) -> Any:
    """The sum a x + b y; b y is rounded, and a x only with the sum."""
    second = builder.fmul(b, y)
    if not _FUSES:
        return builder.fadd(builder.fmul(a, x), second)
    vector = isinstance(x.type, ir.VectorType)
    number = x.type.element if vector else x.type
    name = f"llvm.fma.{f'v{x.type.count}' if vector else ''}{number.intrinsic_name}"
    fused = get_or_insert_function(builder.module, ir.FunctionType(x.type, [x.type] * 3), name)
    return builder.call(fused, [a, x, second])


def _of_numbers(typing_context: Any, a: Any, x: Any, b: Any, y: Any) -> Any:
    """f(a, x, b, y): the number a x + b y, rounded as vectors are."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _combined(builder, *arguments)

    return a(a, x, b, y), generate


def _across(gates: Sequence[Sequence[tuple[int, int]]]) -> Any:
    """f(x, start, stride, angles): gates that rotate pairs of the vectors at start + k stride, in place.

    A gate is its pairs (a, b): a becomes c a - s b and b becomes s a + c b. ``angles`` is the tuple of all c and s.
    """
    count = 1 + max(max(pair) for gate in gates for pair in gate)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        size = kind.dtype.bitwidth // 8
        array, start, stride, angles = arguments
        places = [builder.add(start, builder.mul(stride, ir.Constant(stride.type, k))) for k in range(count)]
        pointers = [_pointer(context, builder, kind, array, place, VECTOR_BYTES // size) for place in places]
        vectors = [builder.load(pointer, align=size) for pointer in pointers]
        for g, gate in enumerate(gates):
            values = [builder.extract_value(angles, 2 * g + k) for k in range(2)]
            splat = [0] * vectors[0].type.count
            c, s = (_filled(builder, [value], vectors[0].type, splat) for value in values)
            minus = builder.fneg(s)
            for a, b in gate:
                x, y = vectors[a], vectors[b]
                vectors[a], vectors[b] = _combined(builder, c, x, minus, y), _combined(builder, c, y, s, x)
        for pointer, vector in zip(pointers, vectors, strict=True):
            builder.store(vector, pointer, align=size)
        return context.get_dummy_value()

    @intrinsic
    def act(typing_context: Any, x: Any, start: Any, stride: Any, angles: Any) -> Any:
        return types.void(x, types.intp, types.intp, angles), generate

    return act


def _within(gates: Sequence[tuple[int, int]]) -> Any:
    """f(x, start, angles): gates (mask, bit) on ``LOW`` neighbours from start on, in place.

    x_j becomes c x_j + s x_(j ^ mask), with -s where j lacks the bit.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        array, start, angles = arguments
        pointer = _pointer(context, builder, kind, array, start, LOW)
        x = builder.load(pointer, align=kind.dtype.bitwidth // 8)
        for g, (mask, bit) in enumerate(gates):
            c, s = (builder.extract_value(angles, 2 * g + k) for k in range(2))
            cosines = _filled(builder, [c], x.type, [0] * LOW)
            sines = _filled(builder, [builder.fneg(s), s], x.type, [int(j & bit > 0) for j in range(LOW)])
            x = _combined(builder, cosines, x, sines, _chosen(builder, x, x, [j ^ mask for j in range(LOW)]))
        builder.store(x, pointer, align=kind.dtype.bitwidth // 8)
        return context.get_dummy_value()

    @intrinsic
    def act(typing_context: Any, x: Any, start: Any, angles: Any) -> Any:
        return types.void(x, types.intp, angles), generate

    return act


def _columns(typing_context: Any, x: Any, first: Any, second: Any, angles: Any, place: Any) -> Any:
    """f(x, first, second, angles, place): a real rotation of the vectors at two places, in place.

    Each lane is a state of its own: cosines are the vector of ``angles`` at ``place``, sines the next.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, start, other, turns, cosines = arguments
        kind, turns_kind = signature.args[0], signature.args[3]
        size = kind.dtype.bitwidth // 8
        lanes = VECTOR_BYTES // size
        sines = builder.add(cosines, ir.Constant(cosines.type, lanes))
        pointers = [_pointer(context, builder, kind, array, at, lanes) for at in (start, other)]
        pointers += [_pointer(context, builder, turns_kind, turns, at, lanes) for at in (cosines, sines)]
        a, b, c, s = (builder.load(pointer, align=size) for pointer in pointers)
        builder.store(_combined(builder, c, a, builder.fneg(s), b), pointers[0], align=size)
        builder.store(_combined(builder, c, b, s, a), pointers[1], align=size)
        return context.get_dummy_value()

    return types.void(x, types.intp, types.intp, angles, types.intp), generate


def _turn(bit: int) -> list[tuple[int, int]]:
    """Pairs of eight vectors that a turn about Y on a bit of their number rotates."""
    return [(k, k | bit) for k in range(8) if not k & bit]


def _entangler(control: int, target: int) -> list[tuple[int, int]]:
    """As ``_turn`` for CNOT RY CNOT: 00 with 11, 01 with 10."""
    rest = [k for k in range(8) if not k & (control | target)]
    return [(k, k | control | target) for k in rest] + [(k | target, k | control) for k in rest]


three_turns = _across([_turn(4), _turn(2), _turn(1)])
two_entanglers = _across([_entangler(4, 2), _entangler(2, 1)])
two_rising_entanglers = _across([_entangler(2, 1), _entangler(4, 2)])
rotate_columns: Any = intrinsic(_columns)
combined: Any = intrinsic(_of_numbers)
low_turns = _within([(8, 8), (4, 4), (2, 2), (1, 1)])
low_entanglers = _within([(12, 8), (6, 4), (3, 2)])
low_rising_entanglers = _within([(3, 2), (6, 4), (12, 8)])
