import Foundation

/// A parameter that a template declares.
package struct TemplateParameter: Sendable, Hashable {
    package let name: String
    /// The values that the template allows; nil for any.
    package let allowedValues: [String]?
    private let type: String
    private let fallback: String?

    init(_ name: String, _ declaration: TemplateValue) {
        self.name = name
        allowedValues = declaration["AllowedValues"]?.list?.compactMap(\.text)
        type = declaration["Type"]?.text ?? "String"
        fallback = declaration["Default"]?.text
    }

    /// Checks a value against the allowed values and the type.
    package func check(_ value: String) throws(TemplateError) { _ = try self.value(value) }

    /// The parameter's value: the given one, or else the template's default.
    func value(_ given: String?) throws(TemplateError) -> TemplateValue {
        let path = "Parameters.\(name)"
        guard let text = given ?? fallback else { throw TemplateError(path, "has no default, so a value must be given") }
        if let allowedValues, !allowedValues.contains(text) {
            throw TemplateError(path, "\"\(text)\" is none of \(allowedValues.joined(separator: ", "))")
        }
        if type == "Number", Double(text) == nil { throw TemplateError(path, "\"\(text)\" is no number") }
        guard type == "CommaDelimitedList" || type.hasPrefix("List<") else { return .text(text) }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        return .list(parts.map { .text($0.trimmingCharacters(in: .whitespaces)) })
    }
}
