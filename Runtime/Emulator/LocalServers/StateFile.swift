import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// An existing state file cannot be read.
package struct StateFileError: Error, CustomStringConvertible {
    package let description: String
}

/// Reads and atomically replaces small JSON files that only their owner may read.
package enum StateFile {
    /// Reads a file; nil when it is missing or does not decode.
    package static func read<Value: Decodable>(_ type: Value.Type, from path: String) -> Value? {
        FileManager.default.contents(atPath: path).flatMap { try? JSONDecoder().decode(type, from: $0) }
    }

    /// Reads a file; nil when it is missing. Throws when it does not decode.
    package static func readIfPresent<Value: Decodable>(_ type: Value.Type, at path: String) throws(StateFileError) -> Value? {
        guard let file = fopen(path, "re") else {
            if errno == ENOENT { return nil }
            throw StateFileError(description: String(cString: strerror(errno)))
        }
        fclose(file)
        guard let value = read(type, from: path) else { throw StateFileError(description: "it is damaged") }
        return value
    }

    /// Writes a value as JSON with `replace`.
    package static func write(_ value: some Encodable, to path: String) throws(LocalServerError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do { try replace(path, with: [UInt8](encoder.encode(value))) } catch let error as LocalServerError { throw error } catch {
            throw .unwritable(path, error)
        }
    }

    /// Replaces a file and syncs it. Readers see the old file or the new one.
    package static func replace(_ path: String, with bytes: [UInt8]) throws(LocalServerError) {
        let fresh = "\(path).\(getpid()).new"
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { break }
            rest = rest.dropFirst(written)
        }
        let synced = rest.isEmpty && fsync(descriptor) == 0
        guard close(descriptor) == 0, synced, rename(fresh, path) == 0 else {
            let error = failure(path)
            unlink(fresh)
            throw error
        }
    }

    /// Makes a folder and the missing ones above it.
    package static func makeFolder(_ path: String) throws(LocalServerError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch { throw .unwritable(path, error) }
    }

    /// Makes a folder that only its owner may enter, and the missing ones above it.
    package static func makePrivateFolder(_ path: String) throws(LocalServerError) {
        try makeFolder(path)
        guard chmod(path, 0o700) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> LocalServerError {
        errno == ENOSPC
            ? LocalServerError("the disk is full, so \(path) cannot be written: free some space and run the command again")
            : LocalServerError("cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
