import Kernels

/// All weights of a net in one aligned block, and the position of each named tensor in it.
///
/// Values outside every tensor are padding: zero, with a gradient of zero.
package struct ParameterBlock {
    /// A named row-major tensor (PyTorch's name), placed in the block by strides.
    struct Tensor {
        let name: String
        let shape: [Int]
        let offset: Int
        /// The number of floats from one element to the next, along each dimension.
        let strides: [Int]

        /// Positions of the tensor's values in the block, in row-major order.
        var places: [Int] {
            var places = [offset]
            for (size, stride) in zip(shape, strides) { places = places.flatMap { place in (0..<size).map { place + $0 * stride } } }
            return places
        }
    }

    let buffer: LaneBuffer
    let tensors: [Tensor]
    let count: Int

    init(_ layout: Layout) {
        count = layout.count
        tensors = layout.tensors
        buffer = LaneBuffer(floats: count)
    }

    var floats: UnsafeMutablePointer<Float> { buffer.floats }

    /// A copy of the block's values.
    var values: [Float] { values(of: buffer) }

    /// A copy of the values of another block of the same layout, such as a gradient.
    func values(of other: LaneBuffer) -> [Float] { Array(UnsafeBufferPointer(start: other.floats, count: count)) }

    func load(_ values: [Float]) { floats.update(from: values, count: count) }

    /// The named tensors of a block's values.
    func named(_ values: [Float], prefix: String) -> [Artifact.Tensor] {
        tensors.map { Artifact.Tensor(name: prefix + $0.name, shape: $0.shape, values: $0.places.map { values[$0] }) }
    }

    /// Loads the named tensors of an artifact.
    ///
    /// - Throws: `ArtifactError` when a tensor is missing or has another shape.
    func load(_ artifact: Artifact, prefix: String) throws(ArtifactError) {
        for tensor in tensors {
            let values = try artifact.values(prefix + tensor.name, shape: tensor.shape)
            for (place, value) in zip(tensor.places, values) { floats[place] = value }
        }
    }

    /// Places tensors one after the other, each at the start of a register.
    struct Layout {
        private(set) var tensors: [Tensor] = []
        private(set) var count = 0

        /// Reserves `floats` values and returns their offset.
        mutating func reserve(_ floats: Int) -> Int {
            defer { count += (floats + 7) / 8 * 8 }
            return count
        }

        mutating func name(_ name: String, _ shape: [Int], at offset: Int, strides: [Int]) {
            tensors.append(Tensor(name: name, shape: shape, offset: offset, strides: strides))
        }

        /// Reserves a named vector and returns its offset.
        mutating func vector(_ name: String, _ size: Int) -> Int {
            let offset = reserve(size)
            self.name(name, [size], at: offset, strides: [1])
            return offset
        }
    }
}
