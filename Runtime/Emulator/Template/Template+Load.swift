import Foundation

extension Template {
    /// Reads a template file.
    ///
    /// - Parameters:
    ///   - overrides: Parameter values in place of the template's defaults. One the template does not declare is noted, not used.
    ///   - folder: What relative code paths are relative to; the template's own folder when `nil`.
    package static func load(
        file: String, overrides: [String: String] = [:], folder: String? = nil, stack: String = "local"
    ) throws(TemplateError) -> Template {
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw TemplateError("", "cannot read \(file): \(error.localizedDescription)")
        }
        let folder = folder ?? URL(fileURLWithPath: file).deletingLastPathComponent().path
        return try load(text: text, overrides: overrides, folder: folder, stack: stack)
    }

    package static func load(
        text: String, overrides: [String: String] = [:], folder: String, stack: String = "local"
    ) throws(TemplateError) -> Template {
        let root = try TemplateParser.parse(text)
        var template = Template()
        var parameters: [String: TemplateValue] = [:]
        for name in ["AccountId", "NotificationARNs", "Partition", "Region", "StackId", "StackName", "URLSuffix"] {
            parameters["AWS::" + name] = PseudoParameter.value("AWS::" + name, stack: stack)
        }
        let declared = root["Parameters"]?.map ?? [:]
        for (name, parameter) in declared.sorted(by: { $0.key < $1.key }) {
            let value = try parameterValue(name, parameter, overrides[name])
            parameters[name] = value
            template.parameters[name] = value.many.compactMap(\.text).joined(separator: ",")
        }
        for name in overrides.keys.sorted() where declared[name] == nil {
            template.notices.append("Parameter \(name) was given but the template does not declare it.")
        }
        guard let resources = root["Resources"]?.map else { throw TemplateError("Resources", "the template has none") }
        let conditions = root["Conditions"]?.map ?? [:]
        let mappings = root["Mappings"] ?? .map([:])
        let all = IntrinsicResolver(parameters: parameters, conditions: conditions, mappings: mappings, resources: resources)
        var existing: [String: TemplateValue] = [:]
        for (name, resource) in resources {
            if let condition = resource["Condition"]?.text, try !all.holds(condition, "Resources.\(name).Condition") { continue }
            existing[name] = resource
        }
        var reader = ResourceReader(resolver: all, globals: root["Globals"] ?? .map([:]), folder: folder, template: template)
        try reader.read(existing)
        return reader.template
    }

    private static func parameterValue(
        _ name: String, _ parameter: TemplateValue, _ override: String?
    ) throws(TemplateError) -> TemplateValue {
        let path = "Parameters.\(name)"
        guard let text = override ?? parameter["Default"]?.text else {
            throw TemplateError(path, "has no default, so a value must be given")
        }
        if let allowed = parameter["AllowedValues"]?.list?.compactMap(\.text), !allowed.contains(text) {
            throw TemplateError(path, "\"\(text)\" is none of \(allowed.joined(separator: ", "))")
        }
        let type = parameter["Type"]?.text ?? "String"
        if type == "Number", Double(text) == nil { throw TemplateError(path, "\"\(text)\" is no number") }
        guard type == "CommaDelimitedList" || type.hasPrefix("List<") else { return .text(text) }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return .list(parts.map { .text($0.trimmingCharacters(in: .whitespaces)) })
    }
}
