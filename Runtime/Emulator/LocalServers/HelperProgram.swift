import Subprocess

/// Runs one helper program to its end.
enum HelperProgram {
    /// Its standard output. `arguments[0]` is the program's path; both outputs stand in the error when it fails. `input` goes to its standard input.
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
                let words = result.standardError + result.standardOutput
                if words.contains("No space left on device") {
                    throw LocalServerError("the disk is full: free some space and run the command again")
                }
                throw LocalServerError("\(arguments.first { $0.hasSuffix("initdb") || $0.hasSuffix("psql") } ?? program) failed: \(words)")
            }
            return result.standardOutput
        } catch let trouble as LocalServerError {
            throw trouble
        } catch {
            throw LocalServerError("cannot run \(program): \(error)")
        }
    }
}
