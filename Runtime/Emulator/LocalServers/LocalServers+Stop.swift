#if canImport(Glibc)
    import Glibc
#endif

extension LocalServers {
    /// Servers of a state folder that were started once and do not run, each as a sentence that says why as far as its log does.
    package static func fallen(inFolder folder: String) -> [String] {
        [("PostgreSQL", "postgres", "postgres.log"), ("SeaweedFS", "s3", "seaweedfs.log")].compactMap { name, place, log in
            let path = "\(folder)/\(place)"
            guard ServerRecord.inFolder(path) != nil, ServerRecord.living(path) == nil else { return nil }
            return "\(name) does not run: \(LocalServerError.ended(name, log: "\(path)/\(log)"))"
        }
    }

    /// What an earlier process left running in a state folder, by name.
    package static func running(inFolder folder: String) -> [(name: String, port: Int, process: ProcessIdentity)] {
        [("PostgreSQL", "postgres"), ("SeaweedFS", "s3")].compactMap { name, place in
            ServerRecord.living("\(folder)/\(place)").map { (name, $0.port, $0.process) }
        }
    }

    /// Ends whatever runs there, without knowing how it was started. Data stays.
    package static func stopAll(inFolder folder: String) async {
        await withTaskGroup { group in
            for (name, _, process) in running(inFolder: folder) {
                group.addTask {
                    process.signal(name == "PostgreSQL" ? SIGINT : SIGTERM)
                    if await !process.waitForEnd(.seconds(10)) { process.signal(SIGKILL) }
                    _ = await process.waitForEnd(.seconds(2))
                }
            }
        }
    }
}
