#if arch(x86_64)
    import _Builtin_intrinsics.intel.cpuid
#endif

/// The processor that this code was compiled for, and a check of the actual one.
package enum Processor {
    /// The error that the processor lacks an instruction set for which the kernels are compiled.
    package struct Unsupported: Error, Hashable, Sendable, CustomStringConvertible {
        /// The names of the missing instruction sets.
        package let missing: [String]

        package var description: String {
            """
            this processor lacks \(missing.joined(separator: ", ")), which this build's kernels need (x86-64-v3); \
            run it on a newer processor
            """
        }
    }

    /// Checks that the processor has all needed instruction sets. Call before the first kernel of a training or forecast.
    package static func check() throws(Unsupported) {
        guard missing.isEmpty else { throw Unsupported(missing: missing) }
    }

    private static let missing: [String] = {
        #if arch(x86_64)
            var one = Registers()
            var seven = Registers()
            let known =
                __get_cpuid_count(1, 0, &one.a, &one.b, &one.c, &one.d) == 1
                && __get_cpuid_count(7, 0, &seven.a, &seven.b, &seven.c, &seven.d) == 1
            guard known else { return ["CPUID leaf 7"] }
            let needed: [(String, Bool)] = [
                ("FMA", one.c & 1 << 12 != 0), ("MOVBE", one.c & 1 << 22 != 0), ("OSXSAVE", one.c & 1 << 27 != 0),
                ("F16C", one.c & 1 << 29 != 0), ("AVX2", seven.b & 1 << 5 != 0), ("BMI1", seven.b & 1 << 3 != 0),
                ("BMI2", seven.b & 1 << 8 != 0),
            ]
            return needed.filter { !$0.1 }.map(\.0)
        #else
            return []
        #endif
    }()

    private struct Registers {
        var a: UInt32 = 0
        var b: UInt32 = 0
        var c: UInt32 = 0
        var d: UInt32 = 0
    }
}
