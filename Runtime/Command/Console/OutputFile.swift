import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A file for a command's result. Whether it can be written is checked before the work begins.
///
/// A regular file is replaced in one step and keeps its permissions; a symbolic link stays and its target is replaced. A device or a pipe is
/// written into.
struct OutputFile {
    let path: String
    private let target: String
    private let isReplaced: Bool
    private let permissions: mode_t?

    /// - Throws: `CommandError` when the path is a folder, or lies in no folder that can be written.
    init(_ path: String) throws(CommandError) {
        self.path = path
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw Self.failure(path) }
            target = path
            isReplaced = true
            permissions = nil
            try Self.checkFolder(of: path, path)
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw CommandError("\(path) is a folder: name a file in it")
        case S_IFREG:
            guard let resolved = realpath(path, nil) else { throw Self.failure(path) }
            target = String(cString: resolved)
            free(resolved)
            isReplaced = true
            permissions = status.st_mode & 0o7777
            guard access(target, W_OK) == 0 else { throw Self.failure(path) }
            try Self.checkFolder(of: target, path)
        default:
            target = path
            isReplaced = false
            permissions = nil
        }
    }

    /// Writes the whole result.
    func write(_ bytes: some Sequence<UInt8>) throws(CommandError) {
        let data = Data(bytes)
        do {
            if isReplaced {
                try data.write(to: URL(filePath: target), options: .atomic)
                if let permissions { chmod(target, permissions) }
            } else {
                let file = try FileHandle(forWritingTo: URL(filePath: target))
                try file.write(contentsOf: data)
                try file.close()
            }
        } catch { throw CommandError("\(path) cannot be written", error) }
    }

    private static func checkFolder(of target: String, _ path: String) throws(CommandError) {
        let folder = URL(filePath: target).deletingLastPathComponent().path
        guard access(folder, W_OK) == 0 else { throw failure(path) }
    }

    private static func failure(_ path: String) -> CommandError {
        CommandError("\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
