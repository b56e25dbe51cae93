exports.registerHandler = () => {}
exports.causeSegfault = () => {}
