// Numbers that the compiler counts with: 0 … Count − 1 as arguments of a template.
#pragma once

namespace deskd::DESKD_ISA {

template <int... I>
struct Numbers {};
template <int Count>
using NumbersTo = Numbers<__integer_pack(Count)...>;

}  // namespace deskd::DESKD_ISA
