import Subprocess

/// Runs helper programs such as `psql` and `initdb`.
enum HelperProgram {
    /// Runs a program to its end and returns its standard output. `arguments[0]` is the program's path.
    ///
    /// - Throws: an error with both outputs when the program fails.
    static func run(
        _ arguments: [String], environment: [String: String], input: String = ""
    ) async throws(LocalServerError) -> String {
        let program = arguments[0]
        let slash = program.lastIndex(of: "/") ?? program.startIndex
        var variables = environment
        variables["PATH"] = "\(program[..<slash]):/usr/bin:/bin"
        do {
            let result = try await Subprocess.run(
                .name(String(program[slash...].dropFirst())), arguments: Arguments(Array(arguments.dropFirst())),
                environment: .custom(
                    Dictionary(uniqueKeysWithValues: variables.map { (Subprocess.Environment.Key(stringLiteral: $0), $1) })),
                input: .string(input), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
            guard result.terminationStatus.isSuccess else {
                let output = result.standardError + result.standardOutput
                if output.contains("No space left on device") {
                    throw LocalServerError("the disk is full: free some space and run the command again")
                }
                throw LocalServerError("\(arguments.first { $0.hasSuffix("initdb") || $0.hasSuffix("psql") } ?? program) failed: \(output)")
            }
            return result.standardOutput
        } catch let error as LocalServerError {
            throw error
        } catch {
            throw LocalServerError("cannot run \(program): \(error)")
        }
    }
}
