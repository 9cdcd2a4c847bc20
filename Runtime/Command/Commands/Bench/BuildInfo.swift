import AWS
import Foundation

/// The build and the processor that a benchmark measures.
enum BuildInfo {
    /// The start of the executable's SHA-256, and the compiler flags that determine its speed.
    static let build: String = {
        let hash = FileManager.default.contents(atPath: "/proc/self/exe").map { String(Digest.sha256Hex([UInt8]($0)).prefix(16)) }
        return "executable \(hash ?? "unknown"), \(flags)"
    }()

    /// The processor's model name.
    static let processor: String = {
        let text = FileManager.default.contents(atPath: "/proc/cpuinfo").map { String(decoding: $0, as: UTF8.self) }
        return processor(in: text ?? "") ?? "unknown"
    }()

    /// - Parameter text: `/proc/cpuinfo`, which has no model name on some architectures.
    static func processor(in text: String) -> String? {
        for line in text.split(separator: "\n") where line.hasPrefix("model name") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    /// The flags that the package's manifest gives to Kernels.
    private static var flags: String {
        #if DEBUG
            let optimised = "a debug build"
        #else
            let optimised = "a release build"
        #endif
        #if arch(x86_64)
            return "\(optimised) with -march=x86-64-v3 -fno-math-errno"
        #else
            return "\(optimised) with -fno-math-errno"
        #endif
    }
}
