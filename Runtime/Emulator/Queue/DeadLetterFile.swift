import Foundation
import Glibc
import NIOPosix

/// `<state>/dead-letters.jsonl`: a readable copy of the journal's dead letters, written in order on the journal's thread.
///
/// Errors are ignored: the journal has the letters, and the next start writes the file anew.
struct DeadLetterFile: Sendable {
    let path: String
    let thread: NIOThreadPool

    /// Replaces the file.
    func replace(with letters: [DeadLetter]) {
        submit { try? StateFile.replace(path, with: letters.flatMap(line)) }
    }

    func append(_ letter: DeadLetter) {
        submit {
            let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard file >= 0 else { return }
            line(letter).withUnsafeBytes { _ = write(file, $0.baseAddress, $0.count) }
            close(file)
        }
    }

    private func submit(_ body: @escaping @Sendable () -> Void) {
        thread.submit { state in
            if state == .active { body() }
        }
    }

    private func line(_ letter: DeadLetter) -> [UInt8] { JSONBody.encode(letter) + [UInt8(ascii: "\n")] }
}
