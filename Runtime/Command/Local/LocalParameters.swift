import ArgumentParser
import Emulator

/// `NAME=VALUE`: a value for a parameter of the template. An empty value means the template's default.
struct ParameterAssignment: ExpressibleByArgument, Hashable, Sendable {
    let name: String
    let value: String

    /// nil without a name or without `=`.
    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
        name = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}

/// The parameters of `template.yaml` that a user may set for the local deployment.
struct LocalParameters {
    private let declared: [String: TemplateParameter]
    private let source: LocalSettings.Source

    /// Reads the declarations. `source` is the source of prices, which sets some of the parameters.
    init(_ paths: ProjectPaths, source: LocalSettings.Source) throws {
        declared = try Template.parameters(file: paths.template)
        self.source = source
    }

    /// The parameters that the local deployment sets itself.
    private var own: Set<String> {
        Set(["DatabaseUrl", "DatabaseOwnerUrl", "BucketName", "Provider"] + (source == .sample ? ["ProviderBaseUrl"] : []))
    }

    /// Checks that the source is one that the template knows.
    func checkSource() throws(CommandError) {
        guard source != .sample, let known = declared["Provider"]?.allowedValues, !known.contains(source.rawValue) else { return }
        throw CommandError("“\(source.rawValue)” is no source of prices: known are sample, \(known.joined(separator: ", "))")
    }

    /// The values with the assignments applied, the later of two with the same name last.
    func applying(_ assignments: [ParameterAssignment], to values: [String: String]) throws(CommandError) -> [String: String] {
        var values = values
        for assignment in assignments {
            guard !own.contains(assignment.name) else {
                let reason =
                    ["Provider", "ProviderBaseUrl"].contains(assignment.name) ? "choose the provider with --source" : "it cannot be set"
                throw CommandError("\(assignment.name) belongs to the local deployment: \(reason)")
            }
            guard let parameter = declared[assignment.name] else {
                let known = declared.keys.filter { !own.contains($0) }.sorted().joined(separator: ", ")
                throw CommandError("template.yaml has no parameter \(assignment.name): known are \(known)")
            }
            guard !assignment.value.isEmpty else {
                values[assignment.name] = nil
                continue
            }
            do throws(TemplateError) { try parameter.check(assignment.value) } catch { throw CommandError("\(error)") }
            values[assignment.name] = assignment.value
        }
        return values
    }
}
