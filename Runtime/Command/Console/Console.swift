import Formats
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Prints results to standard output and messages to standard error, and formats numbers for both. Text is printed as `PrintableText`.
enum Console {
    static let isTerminal = isatty(STDERR_FILENO) == 1
    private static let usesColor = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty

    /// Prints a line to standard error.
    static func message(_ line: String) { write(PrintableText.of(line) + "\n") }

    /// Prints a line to standard output, on a terminal in bold type if `isBold`. Ends the command with status 1 when standard output cannot
    /// be written.
    static func output(_ line: String, isBold: Bool = false) {
        let text = PrintableText.of(line)
        let styled = isBold && usesColor ? "\u{1B}[1m\(text)\u{1B}[0m" : text
        do { try FileHandle.standardOutput.write(contentsOf: Data((styled + "\n").utf8)) } catch {
            message("bellwether: standard output cannot be written: \(String(cString: strerror(errno)))")
            exit(1)
        }
    }

    /// Empties the terminal's current line, and writes text into it without a line break.
    static func replaceLine(_ text: String = "") { write("\r\u{1B}[K" + PrintableText.of(text)) }

    /// A closed standard error is no failure of the command.
    private static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    static func seconds(_ duration: Duration) -> String {
        let tenths = (duration / .milliseconds(100)).rounded()
        return tenths < 100 ? "\(tenths / 10) s" : "\(fixed((tenths / 10).rounded(), 0)) s"
    }

    /// Formats seconds as minutes and seconds, such as 2:05.
    static func clock(_ seconds: Double) -> String {
        let whole = Int(checked: max(0, seconds).rounded()) ?? 0
        return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
    }

    static func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    /// A close with all of its digits, at least two decimals.
    static func close(_ close: Double) -> String { fixed(close, max(2, decimals(of: close))) }

    /// A price near a close: with the decimals of the close, at least two, five significant digits below 1, and at most nine significant
    /// digits.
    static func price(_ value: Double, near close: Double) -> String {
        guard close > 0, close.isFinite else { return fixed(value, 2) }
        let exponent = Int(checked: log10(close).rounded(.down)) ?? 0
        return fixed(value, max(2, min(decimals(of: close), 8 - exponent), close < 1 ? 4 - exponent : 2))
    }

    private static func decimals(of price: Double) -> Int {
        DecimalText.plain(price).split(separator: ".").dropFirst().first?.utf8.count ?? 0
    }

    /// Formats a share in per cent; nil is a dash.
    static func percent(_ share: Double?, sign: Bool = false, digits: Int = 1) -> String {
        guard let share else { return "–" }
        return (sign && share >= 0 ? "+" : "") + fixed(100 * share, digits) + " %"
    }
}
