import Foundation
import Glibc

/// The journal cannot be written or belongs to a living emulator.
package struct JournalFailure: Error, CustomStringConvertible {
    package let description: String

    static func system(_ what: String) -> JournalFailure {
        JournalFailure(description: "\(what): \(String(cString: strerror(errno)))")
    }
}

/// The append-only file `<state>/journal` and the lock beside it. Its calls block on the disk: they run on the journal's thread.
struct JournalFile: Sendable {
    private let folder: String
    private let lock: CInt
    private(set) var file: CInt

    /// Locks the folder and opens the journal, creating both when missing.
    static func open(in folder: String) throws(JournalFailure) -> (JournalFile, [UInt8]) {
        let lock = Glibc.open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw .system("cannot open \(folder)/lock") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(lock)
            throw JournalFailure(description: "another emulator is running over \(folder): stop it first")
        }
        let bytes = FileManager.default.contents(atPath: "\(folder)/journal").map { [UInt8]($0) } ?? []
        return (JournalFile(folder: folder, lock: lock, file: -1), bytes)
    }

    /// Replaces the journal by these bytes, all or nothing.
    mutating func rewrite(_ bytes: [UInt8]) throws(JournalFailure) {
        let fresh = Glibc.open("\(folder)/journal.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard fresh >= 0 else { throw .system("cannot write \(folder)/journal.new") }
        let old = file
        file = fresh
        do {
            try append(bytes)
        } catch {
            file = old
            Glibc.close(fresh)
            throw error
        }
        guard rename("\(folder)/journal.new", "\(folder)/journal") == 0 else { throw .system("cannot replace \(folder)/journal") }
        let directory = Glibc.open(folder, O_RDONLY | O_CLOEXEC)
        fsync(directory)
        Glibc.close(directory)
        if old >= 0 { Glibc.close(old) }
    }

    /// Writes at the end and waits for the disk.
    func append(_ bytes: [UInt8]) throws(JournalFailure) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system("cannot write \(folder)/journal") }
            offset += count
        }
        guard fdatasync(file) == 0 else { throw .system("cannot write \(folder)/journal") }
    }

    func close() {
        if file >= 0 { Glibc.close(file) }
        Glibc.close(lock)
    }
}
