import Foundation
import Glibc

/// A file system of a few hundred kilobytes, mounted over a folder while this value exists.
struct SmallDisk: ~Copyable {
    static var isAllowed: Bool {
        do {
            _ = try SmallDisk.mount(over: NSTemporaryDirectory() + "/small-disk-\(getpid())", kilobytes: 64)
            return true
        } catch {
            print("SKIPPED: tests with a full disk mount a small one, which wants root.")
            return false
        }
    }

    let folder: String
    private var filler: String { "\(folder)/filler" }

    private init(folder: String) { self.folder = folder }

    /// Throws if this user may not mount file systems.
    static func mount(over folder: String, kilobytes: Int) throws -> SmallDisk {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard Glibc.mount("tmpfs", folder, "tmpfs", 0, "size=\(kilobytes)k,mode=755") == 0 else {
            throw POSIXError(.init(rawValue: errno) ?? .EPERM)
        }
        return SmallDisk(folder: folder)
    }

    deinit { umount2(folder, CInt(MNT_DETACH)) }

    /// Fills the file system except for a small rest.
    func fill(leaving bytes: Int = 0) {
        let file = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let block = [UInt8](repeating: 0, count: 4096)
        while write(file, block, block.count) > 0 {}
        var stat = stat()
        fstat(file, &stat)
        ftruncate(file, stat.st_size - off_t(bytes))
        close(file)
    }

    func empty() { unlink(filler) }
}
