import Glibc

/// The free space of the disk that holds a folder.
package enum DiskSpace {
    /// Megabytes below which databases and logs may stop at any moment.
    static let minimum: UInt64 = 64

    /// Whether an `errno` of a write means that the disk, or the user's part of it, is full.
    static func isExhausted(_ code: CInt) -> Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

    /// Says that the disk is full, or nearly; nil when it is not, or when the folder does not exist.
    package static func problem(of folder: String) -> String? {
        var space = statvfs()
        guard statvfs(folder, &space) == 0 else { return nil }
        // File systems in user space may report any numbers.
        let (bytes, overflow) = UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize))
        guard !overflow else { return nil }
        let free = bytes >> 20
        guard free < minimum else { return nil }
        return "the disk is \(free == 0 ? "full" : "nearly full (\(free) MB are free)"): free some space on the disk that holds \(folder)"
    }
}
