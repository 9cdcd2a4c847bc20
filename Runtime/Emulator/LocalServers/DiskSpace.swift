import Glibc

/// The free space of the disk that holds a folder.
package enum DiskSpace {
    /// Megabytes below which databases and logs may stop at any moment.
    static let minimum: UInt64 = 64

    /// Says that the disk is full, or nearly; nil when it is not, or when the folder does not exist.
    package static func problem(of folder: String) -> String? {
        var space = statvfs()
        guard statvfs(folder, &space) == 0 else { return nil }
        let free = (UInt64(space.f_bavail) * UInt64(space.f_frsize)) >> 20
        guard free < minimum else { return nil }
        return "the disk is \(free == 0 ? "full" : "nearly full (\(free) MB are free)"): free some space on the disk that holds \(folder)"
    }
}
