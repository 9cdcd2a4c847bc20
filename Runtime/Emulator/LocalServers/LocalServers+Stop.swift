#if canImport(Glibc)
    import Glibc
#endif

extension LocalServers {
    /// What an earlier process left running in a state folder, by name.
    package static func running(inFolder folder: String) -> [(name: String, port: Int, process: ProcessIdentity)] {
        [("PostgreSQL", "postgres"), ("SeaweedFS", "s3")].compactMap { name, place in
            guard let record = ServerRecord.inFolder("\(folder)/\(place)"), let process = record.process, process.isAlive else {
                return nil
            }
            return (name, record.port, process)
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
