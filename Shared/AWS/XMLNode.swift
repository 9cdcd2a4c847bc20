/// An element of an XML response with its text and its children.
package struct XMLNode: Equatable, Sendable {
    package let name: String
    /// The joined text directly inside the element, with its white space.
    package private(set) var text = ""
    package private(set) var children: [XMLNode] = []

    /// Reads a whole document.
    package init(parsing bytes: [UInt8]) throws(XMLPullParser.Malformed) {
        var parser = XMLPullParser(bytes)
        guard case .start(let name) = try parser.next() else {
            throw XMLPullParser.Malformed(offset: 0, reason: "there is no root element")
        }
        try self.init(name: name, from: &parser)
        guard try parser.next() == nil else { throw XMLPullParser.Malformed(offset: bytes.count, reason: "a second root element") }
    }

    private init(name: String, from parser: inout XMLPullParser) throws(XMLPullParser.Malformed) {
        self.name = name
        while let event = try parser.next() {
            switch event {
            case .start(let child): children.append(try XMLNode(name: child, from: &parser))
            case .text(let piece): text += piece
            case .end: return
            }
        }
    }

    /// The text of the first child with a name; nil without such a child.
    package subscript(_ name: String) -> String? { children.first { $0.name == name }?.text }

    package func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }
}
