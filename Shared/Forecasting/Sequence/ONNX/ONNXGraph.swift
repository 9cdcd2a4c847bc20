/// An ONNX graph under construction (onnx.proto of IR version 8, operator set 17).
package struct ONNXGraph {
    enum Attribute {
        case int(Int), ints([Int]), float(Float)
    }

    private var nodes = ProtobufWriter()
    private var constants: Set<String> = []
    private var count = 0

    /// Adds a node and returns the name of its output; `output` is the index of that output among `outputs`.
    mutating func node(
        _ type: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [], outputs: Int = 1, output: Int = 0,
        named name: String? = nil
    ) -> String {
        count += 1
        let result = name ?? "v\(count)"
        nodes.message(1) { node in
            for input in inputs { node.text(1, input) }
            for place in 0..<outputs { node.text(2, place == output ? result : "") }
            node.text(4, type)
            for (name, value) in attributes {
                node.message(5) { attribute in
                    attribute.text(1, name)
                    switch value {
                    case .float(let value):
                        attribute.float(2, value)
                        attribute.integer(20, 1)
                    case .int(let value):
                        attribute.integer(3, value)
                        attribute.integer(20, 2)
                    case .ints(let values):
                        for value in values { attribute.integer(8, value) }
                        attribute.integer(20, 7)
                    }
                }
            }
        }
        return result
    }

    mutating func constant(_ tensor: Artifact.Tensor) -> String {
        add(
            tensor.name, tensor.shape, type: 1,
            tensor.values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) })
    }

    mutating func constant(_ value: Float) -> String { constant(Artifact.Tensor(name: "scalar \(value)", shape: [], values: [value])) }

    mutating func constant(_ values: [Int]) -> String {
        add("integers \(values)", [values.count], type: 7, values.flatMap { withUnsafeBytes(of: Int64($0).littleEndian, Array.init) })
    }

    private mutating func add(_ name: String, _ shape: [Int], type: Int, _ data: [UInt8]) -> String {
        guard constants.insert(name).inserted else { return name }
        nodes.message(5) { tensor in
            for size in shape { tensor.integer(1, size) }
            tensor.integer(2, type)
            tensor.text(8, name)
            tensor.data(9, data)
        }
        return name
    }

    /// The bytes of the model: one float input and one float output, whose first dimension is free.
    ///
    /// - Parameter metadata: the model's custom metadata.
    func model(_ name: String, input: (String, [Int]), output: (String, [Int]), metadata: [String: String]) -> [UInt8] {
        var model = ProtobufWriter()
        model.integer(1, 8)
        model.text(2, "bellwether")
        var graph = nodes
        graph.text(2, name)
        for (field, value) in [(11, input), (12, output)] {
            graph.message(field) { info in
                info.text(1, value.0)
                info.message(2) { type in
                    type.message(1) { tensor in
                        tensor.integer(1, 1)
                        tensor.message(2) { shape in
                            shape.message(1) { $0.text(2, "batch") }
                            for size in value.1 { shape.message(1) { $0.integer(1, size) } }
                        }
                    }
                }
            }
        }
        model.data(7, graph.bytes)
        model.message(8) { $0.integer(2, 17) }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            model.message(14) {
                $0.text(1, key)
                $0.text(2, value)
            }
        }
        return model.bytes
    }
}
