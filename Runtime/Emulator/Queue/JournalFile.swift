import Foundation
import Glibc

/// The journal cannot be written, or another running emulator uses it.
package struct JournalError: Error, CustomStringConvertible {
    package let description: String

    static func damaged(_ path: String, _ damage: JournalFormat.DamagedLine) -> JournalError {
        let reason =
            switch damage.damage {
            case .checksum: "is damaged: its checksum is wrong"
            case .record: "is no record that this version knows: another version may have written it"
            }
        return JournalError(
            description: "\(path), line \(damage.line), \(reason). Nothing was changed. Restore the file from a copy, or use the version "
                + "that wrote it; or delete that line to continue without its record, or the file to start with an empty queue: events "
                + "that waited are then lost, and objects of the S3 server are delivered again")
    }

    static func system(_ problem: String) -> JournalError {
        let code = errno
        guard !DiskSpace.isExhausted(code) else {
            return JournalError(description: "the disk is full, \(problem): free some space and send the rejected events again")
        }
        return JournalError(description: "\(problem): \(String(cString: strerror(code)))")
    }
}

/// The append-only file `<state>/journal` and the lock beside it, both for their owner only. Calls block on the disk, so they run on the
/// journal's thread.
struct JournalFile: Sendable {
    private let folder: String
    private let lock: CInt
    /// Syncs a file to the disk: `fdatasync`, or what a test has in its place.
    private let synchronise: @Sendable (CInt) -> CInt
    private(set) var file: CInt
    /// Bytes of complete records on disk.
    private var size = 0
    /// The bytes after `size` are unknown, so the next write has to be `rewrite`.
    private(set) var isTorn = false

    private init(folder: String, lock: CInt, synchronise: @escaping @Sendable (CInt) -> CInt) {
        self.folder = folder
        self.lock = lock
        self.synchronise = synchronise
        file = -1
    }

    /// Locks the folder and reads the journal; creates both when missing.
    static func open(
        in folder: String, synchronise: @escaping @Sendable (CInt) -> CInt = { fdatasync($0) }
    ) throws(JournalError) -> (JournalFile, [UInt8]) {
        let lock = Glibc.open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .system("cannot open \(folder)/lock") }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            Glibc.close(lock)
            throw JournalError(description: "another emulator is running over \(folder): stop it first")
        }
        let path = "\(folder)/journal"
        var bytes: [UInt8] = []
        if access(path, F_OK) == 0 {
            guard let data = FileManager.default.contents(atPath: path) else {
                let failure = JournalError.system("\(path) cannot be read")
                Glibc.close(lock)
                throw failure
            }
            bytes = [UInt8](data)
        }
        return (JournalFile(folder: folder, lock: lock, synchronise: synchronise), bytes)
    }

    /// Replaces the whole journal atomically.
    mutating func rewrite(_ bytes: [UInt8]) throws(JournalError) {
        let path = "\(folder)/journal.new"
        let fresh = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard fresh >= 0 else { throw .system("\(path) cannot be written") }
        guard Self.write(bytes, to: fresh), synchronise(fresh) == 0, rename(path, "\(folder)/journal") == 0 else {
            let failure = JournalError.system("\(path) cannot be written")
            Glibc.close(fresh)
            unlink(path)
            throw failure
        }
        let directory = Glibc.open(folder, O_RDONLY | O_CLOEXEC)
        fsync(directory)
        Glibc.close(directory)
        if file >= 0 { Glibc.close(file) }
        (file, size, isTorn) = (fresh, bytes.count, false)
    }

    /// Appends and syncs. After an error the file has its old length, or is marked as torn.
    mutating func append(_ bytes: [UInt8]) throws(JournalError) {
        if Self.write(bytes, to: file) {
            if synchronise(file) == 0 { return size += bytes.count }
            // After a failed sync, the success of a second one does not mean that the bytes are on disk.
            isTorn = true
        }
        let failure = JournalError.system("\(folder)/journal cannot be written")
        if ftruncate(file, off_t(size)) != 0 || lseek(file, off_t(size), SEEK_SET) < 0 { isTorn = true }
        throw failure
    }

    private static func write(_ bytes: [UInt8], to file: CInt) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }

    func close() {
        if file >= 0 { Glibc.close(file) }
        Glibc.close(lock)
    }
}
